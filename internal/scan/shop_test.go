package scan

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/rule"
)

const examples = "../../examples/"

func scanExample(t *testing.T, name string, profile rule.Profile) *finding.Result {
	t.Helper()
	s, err := Run(context.Background(), Options{Path: examples + name, Profile: profile, Catalogue: catalogue(t), Now: exampleDay})
	if err != nil {
		t.Fatal(err)
	}
	return s.Result
}

var (
	tableRow  = regexp.MustCompile(`(?m)^\| \d+ \|.*\|$`)
	rowPlace  = regexp.MustCompile("`((?:template|src/[a-zA-Z/]+)\\.(?:yaml|js|py|go):\\d+)`")
	rowRule   = regexp.MustCompile("`([a-z0-9-]+)`")
	rowStrict = "(strict)"
)

// The table in the shop's README says what is wrong where. Every flaw it says a rule finds is found there, in the profile it
// names, and nothing is found that it does not list.
func TestShopTable(t *testing.T) {
	readme, err := os.ReadFile(examples + "shop/README.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	strict, inDefault := places(scanExample(t, "shop", rule.Strict)), places(scanExample(t, "shop", rule.Default))
	rows := tableRow.FindAllString(string(readme), -1)
	for _, row := range rows {
		columns := strings.Split(row, " | ")
		foundBy := columns[len(columns)-1]
		if strings.HasPrefix(foundBy, "later") {
			continue
		}
		for _, r := range rowRule.FindAllStringSubmatch(foundBy, -1) {
			listed[r[1]] = true
			checkRow(t, row, r[1], rowPlace.FindAllStringSubmatch(columns[len(columns)-2], -1), strict, inDefault, strings.Contains(foundBy, rowStrict))
		}
	}
	if len(rows) < 50 || len(listed) < 30 {
		t.Errorf("the table has %d rows and %d rules: is it still read rightly?", len(rows), len(listed))
	}
	for place := range strict {
		if id, _, _ := strings.Cut(place, " "); !listed[id] {
			t.Errorf("%s is found and not in the table", place)
		}
	}
}

func checkRow(t *testing.T, row, id string, at [][]string, strict, inDefault map[string]bool, onlyStrict bool) {
	t.Helper()
	for _, place := range at {
		if strings.Contains(row, "later") && !strings.HasPrefix(place[1], "template.yaml") {
			continue // of code that another kind of scanner reads
		}
		key := id + " " + place[1]
		if !strict[key] {
			t.Errorf("not found: %s (row %s)", key, row)
		}
		if !onlyStrict && !inDefault[key] {
			t.Errorf("only in the strict profile: %s", key)
		}
	}
}

// places are the findings of a result as "rule file:line".
func places(r *finding.Result) map[string]bool {
	out := map[string]bool{}
	for _, f := range r.Findings {
		out[fmt.Sprintf("%s %s:%d", f.Rule, f.Place.File, f.Place.Line)] = true
	}
	return out
}

// One function of the shop calls what its role does not allow, and no other: granting that is the repair.
func TestShopMissingPermission(t *testing.T) {
	const topic = "            TopicName: !GetAtt OrdersTopic.TopicName\n"
	f := only(t, scanExample(t, "shop", rule.Default), "missing-permission")
	if f != nil && (f.Subject != "NotifyFunction" || !strings.Contains(f.Message, "kinesis:PutRecord on AnalyticsStream")) {
		t.Errorf("%s: %s", f.Subject, f.Message)
	}
	r := scanEdited(t, "shop", []string{topic, topic + `        - Statement:
            - Effect: Allow
              Action: kinesis:PutRecord
              Resource: !GetAtt AnalyticsStream.Arn
`})
	for _, f := range r.Findings {
		if f.Subject == "NotifyFunctionRole" || f.Rule == "missing-permission" {
			t.Errorf("%s: %s", f.Rule, f.Message)
		}
	}
}

// The repaired shop has no finding in either profile, and nothing in it is left unchecked.
func TestShopFixed(t *testing.T) {
	r := scanExample(t, "shop-fixed", rule.Strict)
	for _, f := range r.Findings {
		t.Errorf("%s: %s: %s", f.Place.Pos, f.Rule, f.Message)
	}
	if n := r.Count(); n[finding.NotChecked] > 0 || n[finding.Passed] < 200 {
		t.Errorf("outcomes %v", n)
	}
	if !r.Complete {
		t.Errorf("incomplete: %v", r.Diagnostics)
	}
}
