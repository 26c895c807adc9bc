//go:build !nosimulator

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/connector"
	"github.com/paydial/paydial/simulator/connectorfile"
)

// connectorsName is the file in a project's directory that dev takes connectors from.
const connectorsName = "connectors.yaml"

// connectorFlags are the flags that define Pay Connectors, in simulator and in dev.
type connectorFlags struct {
	file  string
	named []string
}

func (f *connectorFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "connectors", "", "file of Pay Connectors; its format: paydial help connectors")
	cmd.Flags().StringArrayVar(&f.named, "connector", nil,
		"NAME[=URL][,OPTION...]: one Pay Connector, of the sandbox gateway or of the gateway at URL; options are kind=stripe, "+
			"cards=any, mode=live, approved=yes, timeout=10s, retries=5, can=charge, methods=credit-card, currencies=usd+eur, "+
			"broken=yes and unauthorized=yes (repeatable)")
}

func addRegion(cmd *cobra.Command, region *string) {
	cmd.Flags().StringVar(region, "region", "us1", "region of the simulated Twilio: "+strings.Join(connector.Regions(), ", "))
}

// path is the file that connectors come from: that of --connectors, else the one that a project in dir may have.
func (f connectorFlags) path(dir string) string {
	if f.file != "" || dir == "" {
		return f.file
	}
	return filepath.Join(dir, connectorsName)
}

// read reads the file and the flags. A project need not have a file.
func (f connectorFlags) read(dir string) (out []simulator.Connector, err error) {
	if path := f.path(dir); f.file != "" || path != "" && exists(path) {
		if out, err = connectorsIn(path); err != nil {
			return nil, err
		}
	}
	named, err := connectorsFrom(f.named)
	return append(out, named...), err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// changed returns a function that tells whether the file at path is another than it was the last time.
func changed(path string) func() bool {
	read := func() string {
		text, _ := os.ReadFile(path) // none is as good as empty
		return string(text)
	}
	before := read()
	return func() bool {
		now := read()
		was := before
		before = now
		return now != was
	}
}

// connectorsIn reads a connectors file.
func connectorsIn(file string) ([]simulator.Connector, error) {
	out, err := connectorfile.Read(fromHere(file))
	var wrong connectorfile.Errors
	switch {
	case errors.As(err, &wrong):
		return nil, fail(exitUsage, "the connectors cannot be used\n%v\nThe format: paydial help connectors", wrong)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fail(exitNotFound, "--connectors: there is no file %s", file)
	case err != nil:
		return nil, fail(exitUsage, "--connectors: %v", err)
	}
	return out, nil
}

// connectorsFrom reads --connector flags.
func connectorsFrom(flags []string) ([]simulator.Connector, error) {
	var out []simulator.Connector
	for _, f := range flags {
		first, options, _ := strings.Cut(f, ",")
		name, url, _ := strings.Cut(first, "=")
		if name == "" {
			return nil, fail(exitUsage, "--connector %q: it needs a name", f)
		}
		c := simulator.Connector{Name: name, URL: url}
		for opt := range strings.SplitSeq(options, ",") {
			if err := connectorOption(&c, opt); err != nil {
				return nil, fail(exitUsage, "--connector %q: %v", f, err)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// connectorOption sets one option of a connector.
func connectorOption(c *simulator.Connector, opt string) (err error) {
	key, value, _ := strings.Cut(opt, "=")
	switch {
	case opt == "":
	case opt == "cards=any":
		c.Cards = "any"
	case key == "kind":
		c.Kind = value
	case opt == "mode=live", opt == "mode=test":
		c.Mode = strings.ToUpper(value)
	case opt == "approved=yes":
		c.Approved = true
	case opt == "broken=yes":
		c.Broken = true
	case opt == "unauthorized=yes":
		c.Unauthorized = true
	case key == "can":
		c.Can = strings.Split(value, "+")
	case key == "methods":
		c.Methods = strings.Split(value, "+")
	case key == "currencies":
		c.Currencies = strings.Split(value, "+")
	case key == "timeout":
		if c.Timeout, err = time.ParseDuration(value); err != nil || c.Timeout <= 0 {
			return fmt.Errorf("timeout %q: a time such as 10s is meant", value)
		}
	case key == "retries":
		if c.Retries, err = strconv.Atoi(value); err != nil || c.Retries < 0 {
			return fmt.Errorf("retries %q: a number from 0 is meant", value)
		}
		if c.Retries == 0 {
			c.Retries = -1 // none at all
		}
	default:
		return fmt.Errorf("%q is not known; there are cards=any, mode=live, approved=yes, kind=, timeout=, retries=, can=, methods=, "+
			"currencies=, broken=yes and unauthorized=yes", opt)
	}
	return nil
}

// connectorsTopic is help on the kinds of connectors and on the file that defines them.
func connectorsTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString("The simulator has a Pay Connector of each kind, named like it, beside Default and sandbox, which are generic. " +
		"All of them ask the sandbox gateway: `paydial cards`. GET /sim/v1/connectors lists them.\n\n")
	fmt.Fprintf(&b, "  %-15s%-14s%-36s%s\n", "Kind", "Takes", "Token types", "Regions")
	for _, k := range connector.Kinds() {
		can := k.Abilities()
		takes := "cards"
		if len(can.Methods) > 1 {
			takes = "cards, bank"
		}
		fmt.Fprintf(&b, "  %-15s%-14s%-36s%s\n", k, takes, strings.Join(can.TokenTypes, ", "), strings.Join(can.Regions, " "))
	}
	b.WriteString(`
Bank accounts need the parameter AVSName, but not with a generic connector;
braintree needs MerchantAccountId, and with a description also name, kind,
quantity, totalAmount and unitAmount.

More of them, or others, are defined in a file: --connectors FILE, or in a
project connectors.yaml, which dev takes by itself.

  connectors:
    - name: acme-stripe        # what paymentConnector says
      kind: stripe             # default generic
      currencies: [usd, eur]   # default any
    - name: own
      url: https://pay.example.com   # https or loopback; generic ones only
      username: paydial
      password_file: secret    # beside this file; or password
      mode: LIVE               # default TEST, which takes test cards only
      approved: yes            # by Twilio; LIVE takes nothing without it
      timeout: 10s             # of one try
      retries: 5
    - name: odd
      can: [charge]            # or [tokenize]; default both
      methods: [credit-card]   # or [ach-debit]; default what the kind takes
      regions: [us1]           # default those of the kind
      cards: any               # in TEST mode too
      broken: no               # its configuration is not complete: 64001
      unauthorized: yes        # the gateway does not let it in: 64009`)
	return &cobra.Command{Use: "connectors", Short: "Pay Connectors of the simulator, and their file", Long: b.String()}
}
