package simulator

import (
	"fmt"

	"github.com/paydial/paydial/simulator/connector"
	"github.com/paydial/paydial/simulator/gateway"
	"github.com/paydial/paydial/simulator/paysession"
)

// gatewayFor finds the Pay Connector that a payment names and says what it cannot do for it. How the connector is
// set up becomes part of cfg.
func (s *Simulator) gatewayFor(cfg *paysession.Config) (*connector.Client, *paysession.Refusal) {
	c, ok := s.connectors.find(cfg.Connector)
	if !ok {
		return nil, &paysession.Refusal{Code: connector.CodeUnknown, Text: fmt.Sprintf("paymentConnector='%s' (not installed)", cfg.Connector)}
	}
	client := s.connectors.client(c)
	cfg.TestCardsOnly = c.testCardsOnly()
	return client, client.Check(*cfg)
}

// refer lets the sandbox gateway know which call a payment is of, for its book. Other gateways are not told.
func refer(client *connector.Client, callSID string) {
	if client != nil && client.Header != nil {
		client.Header.Set(gateway.ReferenceHeader, callSID)
	}
}
