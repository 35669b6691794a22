//go:build unix

package repo

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestPipesAndSocketsAreNeverOpened(t *testing.T) {
	dir := tree(t, small)
	for _, name := range []string{"pipe", ".gitignore"} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o644); err != nil {
			t.Skip("no named pipes here: ", err)
		}
	}
	t.Chdir(dir) // names of sockets must be short
	socket, err := net.Listen("unix", "socket")
	if err != nil {
		t.Skip("no sockets here: ", err)
	}
	defer socket.Close()
	link(t, "pipe", filepath.Join(dir, "to-pipe"))

	done := make(chan struct{})
	go func() {
		defer close(done)
		r := open(t, dir, Options{})
		if len(r.Files()) != 5 {
			t.Errorf("listed %v", r.Files())
		}
		for _, path := range []string{"pipe", "socket", "to-pipe"} {
			if _, err := r.Read(path); !errors.Is(err, ErrNotRegular) {
				t.Errorf("Read(%q): %v", path, err)
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("waits for the other end of a pipe")
	}
}

func TestFolderThatCannotBeRead(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := tree(t, small)
	closed := filepath.Join(dir, "src")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(closed, 0o755)
	r := open(t, dir, Options{})
	if len(r.Files()) != 3 || len(r.Diagnostics()) != 1 {
		t.Fatalf("listed %v; %q", r.Files(), said(r))
	}
	d := r.Diagnostics()[0]
	if d.File != "src" || !strings.Contains(d.Message, "permission denied") || d.Hint == "" || !d.Incomplete {
		t.Errorf("got %+v", d)
	}
}
