using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Connectors.Platforms.Airflow.Gate.Discovery;
using Bascule.Core.Content;
using static Bascule.Connectors.Tests.Platforms.Airflow.Gate.GateStage;

namespace Bascule.Connectors.Tests.Platforms.Airflow.Gate.Discovery;

[Trait("Threat", "T65")]
public sealed class DagLinksTests
{
    [Theory]
    [InlineData("x.py", "a/b/y.py", "File")]
    [InlineData("x.py", "./a//b/./y.py", "File")]
    [InlineData("a/x.py", "../a/b/y.py", "File")]
    [InlineData("x.py", "a/b", "Folder")]
    [InlineData("a/x.py", "..", "Folder")]
    [InlineData("a/b/x.py", ".", "Folder")]
    [InlineData("x.py", "a/y.py", "Missing")]
    [InlineData("x.py", "..", "Outside")]
    [InlineData("a/x.py", "../../dags/y.py", "Outside")]
    [InlineData("x.py", "/dags/a/b/y.py", "Outside")]
    [InlineData("x.py", "", "Outside")]
    [InlineData("x.py", "x.py", "Endless")]
    public void LeadsWhereTheSystemWouldGo(string path, string target, string end) =>
        Follow(Link(path, target), Source("a/b/y.py", "")).End.ToString().ShouldBe(end);

    /// <summary>Read as text, <c>e/../../y.py</c> below <c>a/b</c> is <c>a/y.py</c>; the system goes through <c>e</c> to <c>c</c>, and from there out of the tree.</summary>
    [Fact]
    public void AFolderOnTheWayMayBeALinkItself()
    {
        DagFile[] rest = [Link("a/b/e", "../../c"), Source("a/y.py", ""), Source("c/z.py", ""), Source("y.py", "")];

        Follow(Link("a/b/x.py", "e/../../y.py"), rest).End.ShouldBe(LinkEnd.Outside);
        Follow(Link("a/b/x.py", "e/../y.py"), rest).File!.Path.ShouldBe("y.py");
        Follow(Link("a/b/x.py", "e/z.py"), rest).File!.Path.ShouldBe("c/z.py");
    }

    [Fact]
    public void LinksToLinksAreFollowedToTheirEnd()
    {
        Follow(Link("x.py", "a"), Link("a", "b"), Link("b", "c.py"), Source("c.py", "")).File!.Path.ShouldBe("c.py");
        Follow(Link("x.py", "a"), Link("a", "../b")).End.ShouldBe(LinkEnd.Outside);
        Follow(Link("x.py", "a"), Link("a", "b"), Link("b", "a")).End.ShouldBe(LinkEnd.Endless);
    }

    [Fact]
    public void ATargetThatIsNoTextLeadsNowhere()
    {
        var link = new DagFile("x.py", TreeEntryKind.Symlink, 1, new byte[] { 0xff });

        new DagLinks([link]).Follow(link).End.ShouldBe(LinkEnd.Outside);
        DagLinks.TargetOf(link).ShouldBeNull();
    }

    [Fact]
    public void ASubmoduleIsNotInTheTree()
    {
        var link = Link("x.py", "sub");

        new DagLinks([link, new DagFile("sub", TreeEntryKind.Submodule, 0, null)])
            .Follow(link)
            .End.ShouldBe(LinkEnd.Outside);
    }

    private static (LinkEnd End, DagFile? File) Follow(DagFile link, params DagFile[] rest) =>
        new DagLinks([link, .. rest]).Follow(link);
}
