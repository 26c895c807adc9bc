package simulator

import (
	"net/http"
	"slices"
)

// ctlCharges shows the sandbox gateway's own book.
func (s *Simulator) ctlCharges(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.connectors.sandbox.Book())
}

// connectorView is a connector as the control API shows it: never with its password.
type connectorView struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Gateway  string `json:"gateway"` // sandbox, or the URL of another
	Mode     string `json:"mode"`
	Approved bool   `json:"approved"` // for LIVE
	AnyCard  bool   `json:"any_card"`

	Can        []string `json:"can"`
	Methods    []string `json:"methods"`
	TokenTypes []string `json:"token_types"`
	Currencies []string `json:"currencies"` // null: any
	Regions    []string `json:"regions"`

	Available    bool `json:"available"` // in the region that is simulated
	Broken       bool `json:"broken"`
	Unauthorized bool `json:"unauthorized"`
}

func (s *Simulator) ctlConnectors(w http.ResponseWriter, _ *http.Request) {
	views := []connectorView{}
	for _, c := range s.connectors.list {
		gateway := c.URL
		if gateway == "" {
			gateway = "sandbox"
		}
		can := c.abilities()
		views = append(views, connectorView{
			Name: c.Name, Kind: c.Kind, Gateway: gateway, Mode: c.Mode, Approved: c.Approved, AnyCard: !c.testCardsOnly(),
			Can: words(can.Tasks), Methods: words(can.Methods), TokenTypes: can.TokenTypes, Currencies: can.Currencies,
			Regions: can.Regions, Available: slices.Contains(can.Regions, s.region), Broken: c.Broken, Unauthorized: c.Unauthorized,
		})
	}
	writeJSON(w, http.StatusOK, map[string]any{"region": s.region, "connectors": views})
}
