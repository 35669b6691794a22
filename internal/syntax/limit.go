package syntax

import "fmt"

// LimitError says that a source was not parsed because it would cost too much.
// It is no fault of the source: what depends on it is not checked.
type LimitError struct {
	Name   string // the file
	Reason string // which limit, and what the file has
}

// Error names the file and the limit.
func (e *LimitError) Error() string {
	return e.Name + ": not parsed: " + e.Reason
}

// CheckSize refuses sources larger than MaxSource with a LimitError.
func CheckSize(name string, source []byte) error {
	if len(source) <= MaxSource {
		return nil
	}
	reason := fmt.Sprintf("%d kB of source, more than the limit of %d kB; ignore the file if it is generated",
		(len(source)+1023)>>10, MaxSource>>10)
	return &LimitError{Name: name, Reason: reason}
}
