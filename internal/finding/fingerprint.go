package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Fingerprint names a finding for as long as its cause stays: rule, file, subject and anchor. Lines are no part of it, so
// moving code does not make an old finding new. ordinal tells apart equal ones in one file, in order.
func Fingerprint(f *Finding, ordinal int) string {
	h := sha256.New()
	for _, part := range []string{f.Rule, f.Place.File, f.Subject, normalise(f.Anchor)} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	if ordinal > 0 {
		fmt.Fprintf(h, "#%d", ordinal)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// normalise folds white space, so that reformatting keeps a fingerprint.
func normalise(s string) string { return strings.Join(strings.Fields(s), " ") }

// SetFingerprints gives each finding its fingerprint. The slice must be sorted by place already.
func SetFingerprints(all []Finding) {
	seen := map[string]int{}
	for i := range all {
		base := Fingerprint(&all[i], 0)
		all[i].Fingerprint = base
		if n := seen[base]; n > 0 {
			all[i].Fingerprint = Fingerprint(&all[i], n)
		}
		seen[base]++
	}
}
