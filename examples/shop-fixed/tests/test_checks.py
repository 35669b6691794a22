import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src" / "python"))
import checks

ORDER = "0f8fad5b-d9cb-469f-a165-70867728950e"


class Jobs(unittest.TestCase):
    def test_known_fields_stay_others_go(self):
        job = checks.job({"order": ORDER, "note": "at the door", "admin": True})
        self.assertEqual(job, {"order": ORDER, "carrier": "dhl", "note": "at the door"})

    def test_what_a_shell_or_a_database_would_read_is_refused(self):
        for order in ("'; touch /tmp/x; '", "1' OR '1'='1", "../../etc", "", None, 7):
            with self.assertRaises(checks.Refused):
                checks.job({"order": order})
        for field in ({"carrier": "dhl'"}, {"note": "`id`"}, {"note": "x" * 81}):
            with self.assertRaises(checks.Refused):
                checks.job({"order": ORDER, **field})


if __name__ == "__main__":
    unittest.main()
