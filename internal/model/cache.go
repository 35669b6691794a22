package model

import (
	"crypto/sha256"
	"encoding/hex"
)

// Hash identifies a content: SHA-256.
type Hash [sha256.Size]byte

// HashOf is the hash of a file's bytes.
func HashOf(data []byte) Hash { return sha256.Sum256(data) }

// String is the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// CacheKey names a piece of derived work: what made it (stage and its version) from which contents and options. Two runs
// with equal keys give equal work, wherever the repository lies, so nothing in a key is a path outside the workspace.
type CacheKey struct {
	Stage   string // for example "syntax/javascript@1"; the number grows when the output of the stage changes
	Input   Hash   // of the file, or of the keys of all inputs in order
	Options Hash   // of the options the stage depends on
}

// Sum folds a key into one hash, for keys made of keys.
func (k CacheKey) Sum() Hash {
	data := append([]byte(k.Stage), 0)
	data = append(data, k.Input[:]...)
	return HashOf(append(data, k.Options[:]...))
}
