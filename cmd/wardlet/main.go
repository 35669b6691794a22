// Command wardlet reads serverless applications the way the cloud will run them and says where they can be attacked.
package main

import (
	"context"
	"os"
	"os/signal"

	"wardlet.example/internal/cli"
	"wardlet.example/rules"
)

// version is set by the linker for releases.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	program := &cli.Program{Version: version, Rules: rules.FS}
	os.Exit(program.Run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
