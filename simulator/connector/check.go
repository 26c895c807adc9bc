package connector

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paydial/paydial/simulator/paysession"
)

// Check says what this connector cannot do for a <Pay>, before the caller is asked for anything: what Twilio can
// know without its gateway.
func (c *Client) Check(cfg paysession.Config) *paysession.Refusal {
	if c.Region != "" && !slices.Contains(c.abilities().Regions, c.Region) {
		return refuse(CodeUnknown, "paymentConnector='%s' (%s connectors are not available in region %s)", cfg.Connector, c.kind(), c.Region)
	}
	if c.Broken {
		return refuse(CodeBroken, "paymentConnector='%s' (its configuration is not complete)", cfg.Connector)
	}
	if c.Unapproved {
		return refuse(CodeNotApproved, "paymentConnector='%s' (in LIVE mode, and not approved for it)", cfg.Connector)
	}
	if refusal := c.checkAbilities(cfg); refusal != nil {
		return refusal
	}
	if code, missing := c.kind().required(cfg); len(missing) > 0 {
		return refuse(code, "Parameter='%s' (required by %s connectors)", strings.Join(missing, " "), c.kind())
	}
	return nil
}

func (c *Client) checkAbilities(cfg paysession.Config) *paysession.Refusal {
	can, task := c.abilities(), cfg.Task()
	switch {
	case cfg.Method != "" && !slices.Contains(can.Methods, cfg.Method):
		return refuse(CodePaymentMethod, "paymentMethod='%s' (%s)", cfg.Method, c.unsupported())
	case task == paysession.Charge && !slices.Contains(can.Tasks, task):
		return refuse(CodeNoCharges, "paymentAmount='%s' (the connector cannot charge)", cfg.Amount)
	case task == paysession.Tokenize && !slices.Contains(can.Tasks, task):
		return refuse(CodeNoTokens, "paymentAmount='%s' (the connector cannot tokenize)", cfg.Amount)
	case cfg.TokenType != "" && !slices.Contains(can.TokenTypes, cfg.TokenType):
		return refuse(CodeTokenType, "tokenType='%s' (%s)", cfg.TokenType, c.unsupported())
	case !currency(cfg.Currency), task == paysession.Charge && can.Currencies != nil && !slices.Contains(can.Currencies, cfg.Currency):
		return refuse(CodeCurrency, "currency='%s' (%s)", cfg.Currency, c.unsupported())
	}
	return nil
}

func (c *Client) unsupported() string {
	return fmt.Sprintf("not supported by %s connectors", c.kind())
}

func (c *Client) abilities() Abilities { return c.kind().Abilities().Narrowed(c.Can) }

// currency reports whether s has the form of a currency's code.
func currency(s string) bool {
	return len(s) == 3 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

func refuse(code int, format string, args ...any) *paysession.Refusal {
	return &paysession.Refusal{Code: code, Text: fmt.Sprintf(format, args...)}
}
