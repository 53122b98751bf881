using System.Text;
using Bascule.Cli.Features.Dags;
using Bascule.Connectors.Git;
using Bascule.Core.Content;

namespace Bascule.EndToEnd.Dags;

[Trait("Threat", "T67")]
[Trait("Threat", "T129")]
public sealed class TreeLinksTests
{
    [Theory]
    [InlineData("beside it", "dag.py")]
    [InlineData("up and down", "../top/x.py")]
    [InlineData("the root", "../..", "a/b/link")]
    [InlineData("nothing, inside", "missing.py")]
    [InlineData("through a file, no further", "../top/x.py/y")]
    public void StayInside(string name, string target, string at = "a/link") => Read((at, target)).ShouldBeNull(name);

    [Theory]
    [InlineData("out of the root", "../../x", "leads out")]
    [InlineData("out and in again", "../../dags/top", "leads out")]
    [InlineData("an absolute path", "/top/x.py", "plain relative")]
    [InlineData("nothing", "", "plain relative")]
    [InlineData("a control character", "a\nb", "plain relative")]
    [InlineData("NUL", "a\0b", "plain relative")]
    [InlineData("back from nothing", "missing/../../../x", "goes back")]
    [InlineData("back from a file", "../top/x.py/../../../x", "goes back")]
    [InlineData("itself", "link", "circle")]
    public void DoNotLead(string name, string target, string why) =>
        Read(("a/link", target)).ShouldNotBeNull(name).ShouldContain(why);

    /// <summary>To the eye <c>short/../../x</c> stays inside: but behind the link <c>..</c> is above the root.</summary>
    [Fact]
    public void AreFollowedThroughOtherLinks()
    {
        Read(("p/q/short", "../../top"), ("p/q/link", "short/../x")).ShouldBeNull();

        Read(("p/q/short", "../../top"), ("p/q/link", "short/../../x"))!.ShouldContain("leads out");
    }

    [Fact]
    public void MustNotGoInACircleOfTwo() => Read(("a/one", "two"), ("a/two", "one"))!.ShouldContain("circle");

    [Fact]
    public void MustHaveATargetInUtf8() => ReadBytes(("a/link", [0x61, 0xff]))!.ShouldContain("plain relative");

    private static string? Read(params (string Path, string Target)[] links) =>
        ReadBytes([.. links.Select(link => (link.Path, Encoding.UTF8.GetBytes(link.Target)))]);

    private static string? ReadBytes(params (string Path, byte[] Target)[] links)
    {
        TreeLeaf[] files = [new("top/x.py", TreeEntryKind.File, "1"), new("a/b/y.py", TreeEntryKind.File, "2")];
        var leaves = links.Select(link => new TreeLeaf(link.Path, TreeEntryKind.Symlink, "3")).ToArray();
        return TreeLinks.Read([.. files, .. leaves], leaves.Zip(links.Select(link => link.Target))).Problem?.Message;
    }
}
