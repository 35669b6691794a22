package iac

import "testing"

// The checks whose hits carry secrets are checks that there are: what they find is masked even when they were not asked for.
func TestSecretChecksExist(t *testing.T) {
	all := checks()
	for name := range secretChecks {
		if all[name] == nil {
			t.Errorf("there is no check %s", name)
		}
	}
}
