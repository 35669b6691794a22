package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
)

// besideFunction are names of settings with hosts that are no others': of the platform, of what runs beside the function, of a network that
// is meant to be private, of what developers run themselves.
var besideFunction = regexp.MustCompile(`(?i)^_?AWS_|^_X_|LOCAL|INTERNAL|INNER|PRIVATE|VPC|PROXY|SIDECAR|OFFLINE|DAEMON|AGENT|EXTENSION|DOCKER|MOCK|TEST|DEV`)

// plainly is a request over HTTP without TLS to a host that a setting names, with the host that it has for a function; nil where that is
// not on the internet, or may be elsewhere. A function that joins no network reaches nothing else.
func plainly(f *model.Function, h *dataflow.Hit) *dataflow.Hit {
	at := slices.IndexFunc(f.Env, func(e model.EnvVar) bool { return e.Name == h.Setting })
	if at < 0 && h.Path != "" {
		return h
	}
	out := *h
	if at >= 0 {
		if text, ok := f.Env[at].Value.Scalar(); ok {
			host := h.PlainHost(text)
			if host == "" {
				return nil
			}
			out.Path = "http://" + host
			return &out
		}
	}
	if !h.AllOfHost() || besideFunction.MatchString(h.Setting) || f.Resource == nil || f.Resource.Props.Get("VpcConfig").IsSet() != model.No {
		return nil
	}
	out.Path = "http://$" + h.Setting
	return &out
}
