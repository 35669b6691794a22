package sast

import "testing"

// What is taken for a call that logs, by its name.
func TestLoggers(t *testing.T) {
	for name, want := range map[string]bool{
		"console.log": true, "console.error": true, "logger.warning": true, "this.logger.info": true, "self._logger.exception": true, "log.Printf": true,
		"print": true, "logError": true, "log_failure": true, "Sentry.captureException": true, "writeAuditLog": true, "addToLog": true, "fmt.Println": true,
		"logging.getLogger": false, "login": false, "loginSchema.validate": false, "logout": false, "log_in": false, "Math.log": false, "catalog.find": false,
		"user_login": false, "dialog.open": false, "blog.save": false, "logic": false,
	} {
		if got := loggers.MatchString(name) && !notLogging.MatchString(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
