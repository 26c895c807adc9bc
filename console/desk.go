package console

import (
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
)

// deskWordsOf is what the desk's script is told beside the state: every sentence of its, in one piece of JSON.
func deskWordsOf(line, currency string) (string, error) {
	all := map[string]string{}
	for _, words := range []map[string]string{deskWords, deskTroubles} {
		for key, text := range words {
			all[key] = text
		}
	}
	body, err := json.Marshal(map[string]any{"words": all, "say": deskSay, "line": line, "currency": currency})
	return string(body), err
}

// deskPage is the agent's payment desk. What is there now is on the page as it is sent; the live part is its script's.
func (c *Console) deskPage(g *gin.Context) {
	now, err := c.deskNow(g)
	if err != nil {
		c.sorry(g, err)
		return
	}
	project := c.Project()
	words, err := deskWordsOf(project.Line, project.Payments.Currency)
	if err != nil {
		c.sorry(g, err)
		return
	}
	who := c.principal(g)
	c.render(g, http.StatusOK, "desk", frame{Title: t("desk"), Here: "desk", Data: map[string]any{
		"Now": now, "Words": words, "Softphone": c.Softphone, "Identity": who.ID, "Name": who.Name,
		"Roles": who.RoleWords(), "Takes": who.Can(access.TakePayments),
	}})
}
