using System.Text;
using Bascule.Core.Notebooks;
using Bascule.Server.Notebooks;
using Bascule.Server.Reports;

namespace Bascule.Server.Tests.Reports;

public sealed class NotebookTextTests
{
    [Fact]
    public void AChangedCellIsShownAsADifference()
    {
        var text = Write(
            Changes(
                [Cell("a", "import x\nalpha = 0.1\nfit()"), Cell("b", "old"), Cell("c", "same")],
                [Cell("a", "import x\nalpha = 0.2\nfit()"), Cell("c", "same"), Cell("d", "new")]
            )
        );

        text.ShouldContain(
            "<details><summary>Notebook <code>nb.ipynb</code>: 1 cell changed, 1 cell added, 1 cell removed</summary>\n\n"
        );
        text.ShouldContain("Cell 1 (`code`) changed\n\n```diff\n import x\n-alpha = 0.1\n+alpha = 0.2\n fit()\n```\n");
        text.ShouldContain("Cell 2 (`code`) removed, as numbered before\n\n```diff\n-old\n```\n");
        text.ShouldContain("Cell 3 (`code`) added\n\n```diff\n+new\n```\n");
        text.ShouldNotContain("same");
        text.ShouldEndWith("</details>\n");
    }

    [Fact]
    public void OfALongCellOnlyTheSurroundingsOfAChangeAreShown()
    {
        var before = string.Join('\n', Enumerable.Range(1, 100));

        var text = Write(
            Changes([Cell("a", before)], [Cell("a", before.Replace("50", "fifty", StringComparison.Ordinal))])
        );

        text.ShouldContain("@@ line 47 before, line 47 after @@\n 47\n 48\n 49\n-50\n+fifty\n 51\n 52\n 53\n```");
    }

    [Fact]
    [Trait("Threat", "T130")]
    public void NothingInACellLeavesItsFence()
    {
        const string Hostile =
            "```\n````\n</details><script>alert(1)</script>\n@everyone\n\u202egnp\u202c\u001b[31m\rx\u2028y";

        var text = Write(Changes([], [Cell("a", Hostile)]));

        text.ShouldContain("\n`````diff\n");
        var inside = text[
            (text.IndexOf("`````diff", StringComparison.Ordinal) + 9)..text.LastIndexOf(
                "`````",
                StringComparison.Ordinal
            )
        ];
        inside.Trim('\n').Split('\n').ShouldAllBe(line => line.StartsWith('+'));
        inside.ShouldContain("+[U+202E]gnp[U+202C][U+001B][31m[U+000D]x[U+2028]y");
        var outside = text.Replace(inside, "", StringComparison.Ordinal);
        outside.ShouldNotContain("<script>");
        outside.ShouldNotContain("@everyone");
        text.Any(letter => char.IsControl(letter) && letter != '\n').ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T130")]
    public void TheNamesOfAFileAndAKindStayNames()
    {
        var hostile = new NotebookCell(Id: null, "code`) <img src=x> @ada", "x");

        var text = Write(
            new NotebookChanges(
                [
                    new ChangedNotebook(
                        "a</code></summary><script>`@everyone`\n![x](https://evil.example/x.png).ipynb",
                        ChangeKind.Added,
                        CellComparison.Of([], [hostile])
                    ),
                ],
                LeftOut: 0
            )
        );

        text.ShouldNotContain("<script>");
        text.ShouldNotContain("@everyone");
        text.ShouldNotContain("![x](");
        text.ShouldNotContain("https://evil");
        text.ShouldContain("(`code') <img src=x> @ada`)", Case.Sensitive, "it is a code span, where nothing is markup");
        text.Split('\n').Count(line => line.Contains("<summary>", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T130")]
    public void WhatIsLeftOutIsSaid()
    {
        var many = Enumerable.Range(0, 25).Select(number => Cell($"{number}", $"x = {number}")).ToList();
        var longer = string.Join('\n', Enumerable.Range(0, 100));
        var huge = new string('\n', 1001);

        Write(Changes([], many)).ShouldContain("5 more cells not shown here.\n");
        var cut = Write(Changes([], [Cell("a", longer)]));
        cut.ShouldContain("+59\n```\n");
        cut.ShouldContain("40 more lines of this cell not shown here.\n");
        Write(Changes([Cell("a", "x")], [Cell("a", huge)])).ShouldContain("more than 1000 lines, not compared here.\n");
        Write(Changes([], [Cell("a", new string('x', 5000))])).ShouldContain("xxx…\n```");
        var notebook = Changes([], [Cell("a", "x")]).Notebooks[0];
        var twelve = Write(new NotebookChanges([.. Enumerable.Repeat(notebook, 12)], LeftOut: 3));
        twelve.ShouldContain("2 more changed notebooks not shown here.\n");
        twelve.ShouldContain("3 more changed files may hold notebooks and were not looked at.\n");
        Write(NotebookChanges.None).ShouldBe("");
        Write(new NotebookChanges([notebook with { Cells = [], Fault = "is <b>odd</b>" }], 0))
            .ShouldContain("Its cells are not shown: it is &lt;b&gt;odd&lt;/b&gt;.");
    }

    [Fact]
    [Trait("Threat", "T130")]
    public void AllOfItIsBounded()
    {
        var cells = Enumerable
            .Range(0, 1000)
            .Select(number => Cell($"{number}", string.Join('\n', Enumerable.Repeat(new string('y', 300), 100))))
            .ToList();
        var notebook = Changes([], cells).Notebooks[0];

        var text = Write(new NotebookChanges([.. Enumerable.Repeat(notebook, 50)], LeftOut: 0));

        text.Length.ShouldBeLessThan(20_000);
        text.Split("<details>").Length.ShouldBe(text.Split("</details>").Length);
    }

    [Fact]
    public void CellsWithoutIdsAreMatchedByTheirSources()
    {
        var before = new[] { Cell(null, "a"), Cell(null, "b"), Cell(null, "c"), Cell(null, "d") };
        var after = new[] { Cell(null, "new"), Cell(null, "a"), Cell(null, "b2"), Cell(null, "c") };

        CellComparison
            .Of(before, after)
            .ShouldBe([
                new ChangedCell(ChangeKind.Added, 1, "code", "", "new"),
                new ChangedCell(ChangeKind.Changed, 3, "code", "b", "b2"),
                new ChangedCell(ChangeKind.Removed, 4, "code", "d", ""),
            ]);
    }

    [Fact]
    public void AnotherIdIsNoChangeAndAMovedCellIsNone()
    {
        CellComparison.Of([Cell("a", "x"), Cell("b", "y")], [Cell("c", "x"), Cell("d", "y")]).ShouldBeEmpty();
        CellComparison.Of([Cell(null, "x")], [Cell("c", "x")]).ShouldBeEmpty();
        CellComparison.Of([Cell("a", "x"), Cell("b", "y")], [Cell("b", "y"), Cell("a", "x")]).ShouldBeEmpty();
        CellComparison
            .Of([Cell("a", "x")], [Cell("a", "x"), Cell("a", "y")])
            .Count.ShouldBe(1, "an id that stands twice");
        CellComparison.Of([Cell("a", "x")], [Cell("b", "y")]).Count.ShouldBe(2, "ids say that they are two");
    }

    private static NotebookCell Cell(string? id, string source) => new(id, "code", source);

    private static NotebookChanges Changes(IReadOnlyList<NotebookCell> before, IReadOnlyList<NotebookCell> after) =>
        new([new ChangedNotebook("nb.ipynb", ChangeKind.Changed, CellComparison.Of(before, after))], LeftOut: 0);

    private static string Write(NotebookChanges changes)
    {
        var text = new StringBuilder();
        NotebookText.Append(text, changes);
        return text.ToString();
    }
}
