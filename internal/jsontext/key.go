package jsontext

import "strings"

// openMark starts the keys that are not known. JSON cannot write the character itself; one who writes its escape only
// makes the own text less certain.
const openMark = "\x00"

// OpenKey is the key of a field of which only the value is known, or not even that. A map with such a field may have any
// other key too. shown is what a person reads.
func OpenKey(shown string) string { return openMark + shown }

// IsOpen reports whether a key stands for keys that are not known.
func IsOpen(key string) bool { return strings.HasPrefix(key, openMark) }

// Shown is a key as a person reads it.
func Shown(key string) string { return strings.TrimPrefix(key, openMark) }
