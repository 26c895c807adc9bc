package simulator

import "net/http"

// ctlCharges shows the sandbox gateway's own book.
func (s *Simulator) ctlCharges(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.connectors.sandbox.Book())
}

// connectorView is a connector as the control API shows it: never with its password.
type connectorView struct {
	Name    string `json:"name"`
	Gateway string `json:"gateway"` // sandbox, or the URL of another
	Mode    string `json:"mode"`
	AnyCard bool   `json:"any_card"`
}

func (s *Simulator) ctlConnectors(w http.ResponseWriter, _ *http.Request) {
	views := []connectorView{}
	for _, c := range s.connectors.list {
		gateway := c.URL
		if gateway == "" {
			gateway = "sandbox"
		}
		views = append(views, connectorView{c.Name, gateway, c.Mode, !c.testCardsOnly()})
	}
	writeJSON(w, http.StatusOK, map[string]any{"connectors": views})
}
