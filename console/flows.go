package console

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/flows"
)

// flowView is a flow as the API shows it.
type flowView struct {
	Name      string   `json:"name"`
	About     string   `json:"about"`
	Direction string   `json:"direction"`
	Speaks    []string `json:"speaks"`
	Numbers   []string `json:"numbers"` // that ring it
	Scenes    []string `json:"scenes"`  // in file order; the first is the start
	File      string   `json:"file"`
	Version   string   `json:"version"` // content hash of the project
}

func viewFlow(p *flows.Project, f *flows.Flow) flowView {
	v := flowView{
		Name: f.Name, About: f.About, Direction: f.Direction, Speaks: f.Speaks, Numbers: []string{}, Scenes: []string{},
		File: f.At.File, Version: p.Hash,
	}
	if v.Speaks == nil {
		v.Speaks = p.Languages
	}
	for _, n := range p.Numbers {
		if n.Flow == f.Name {
			v.Numbers = append(v.Numbers, n.Number)
		}
	}
	for _, s := range f.Scenes {
		v.Scenes = append(v.Scenes, s.Name)
	}
	return v
}

// viewFlows is every flow of the project in use, by name.
func (c *Console) viewFlows() []flowView {
	p := c.Project()
	views := make([]flowView, 0, len(p.Flows))
	for _, f := range p.Flows {
		views = append(views, viewFlow(p, f))
	}
	slices.SortFunc(views, func(a, b flowView) int { return strings.Compare(a.Name, b.Name) })
	return views
}

func (c *Console) listFlows(g *gin.Context) { g.JSON(http.StatusOK, list{Items: c.viewFlows()}) }

func (c *Console) showFlow(g *gin.Context) {
	p := c.Project()
	f := p.Flows[g.Param("name")]
	if f == nil {
		c.fail(g, problemNoFlow)
		return
	}
	g.JSON(http.StatusOK, viewFlow(p, f))
}
