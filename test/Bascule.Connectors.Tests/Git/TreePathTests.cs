using System.Text;
using Bascule.Connectors.Git;

namespace Bascule.Connectors.Tests.Git;

[Trait("Threat", "T67")]
public sealed class TreePathTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a.txt", new[] { "a.txt" })]
    [InlineData("dags/load \u00e9.py", new[] { "dags", "load \u00e9.py" })]
    [InlineData("..a/b../.c", new[] { "..a", "b..", ".c" })]
    public void SplitsAPathInsideTheRepository(string path, string[] parts) =>
        TreePath.Split(path).Value.Select(Encoding.UTF8.GetString).ShouldBe(parts);

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData(".")]
    [InlineData("a/./b")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("a\\b")]
    public void RefusesAPathThatLeadsElsewhere(string path) =>
        TreePath
            .Split(path)
            .Problem!.Message.ShouldBe(
                $"'{path}' is not a path inside the repository; write it relative to the repository, with '/' and without '.' or '..'"
            );

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u0085b")]
    public void RefusesControlCharacters(string path) =>
        TreePath.Split(path).Problem!.Message.ShouldStartWith("'a", Case.Sensitive);

    [Fact]
    public void CountsThePathsLengthInBytes()
    {
        var longest = new string('\u00e9', 2048);

        TreePath.Split(longest).Problem.ShouldBeNull();
        TreePath.Split(longest + "a").Problem.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("", "a", "a")]
    [InlineData("dags", "a", "dags/a")]
    public void JoinsAFolderAndAName(string folder, string name, string path) =>
        TreePath.Join(folder, name).ShouldBe(path);
}
