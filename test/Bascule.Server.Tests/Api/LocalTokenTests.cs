using Bascule.Core;
using Bascule.Server.Api;

namespace Bascule.Server.Tests.Api;

public sealed class LocalTokenTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("bascule-token-").FullName;

    private string TokenFile => Path.Combine(_data, "cli.token");

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void IsMadeOnceForItsOwnerOnly()
    {
        var made = LocalToken.OpenOrCreate(_data).Value;
        var read = LocalToken.OpenOrCreate(_data).Value;

        made.Secret.Reveal().ShouldMatch("^[0-9a-f]{64}$");
        read.Secret.Reveal().ShouldBe(made.Secret.Reveal());
        File.GetUnixFileMode(TokenFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(_data).ShouldHaveSingleItem();
    }

    [Fact]
    public void MakesItsFolder() => LocalToken.OpenOrCreate(Path.Combine(_data, "a/b")).Problem.ShouldBeNull();

    [Fact]
    public void MatchesItselfAndNothingElse()
    {
        var token = LocalToken.OpenOrCreate(_data).Value;
        var text = token.Secret.Reveal();

        token.Matches(text).ShouldBeTrue();
        token.Matches(text[..^1]).ShouldBeFalse();
        token.Matches(text + "0").ShouldBeFalse();
        token.Matches(text.ToUpperInvariant() + "é").ShouldBeFalse();
        token.Matches("").ShouldBeFalse();
    }

    [Fact]
    public void RefusesAFileThatOthersMayRead()
    {
        LocalToken.OpenOrCreate(_data);
        File.SetUnixFileMode(TokenFile, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        var problem = LocalToken.Open(_data).Problem;

        problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Denied);
        problem.Message.ShouldContain("chmod 600");
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [Trait("Threat", "T151")]
    public void RefusesAFileThatHoldsNoToken(string content)
    {
        LocalToken.OpenOrCreate(_data);
        File.WriteAllText(TokenFile, content);

        LocalToken.OpenOrCreate(_data).Problem.ShouldNotBeNull().Code.ShouldBe(ProblemCode.Invalid);
    }

    [Fact]
    public void SaysWhoMakesIt() =>
        LocalToken.Open(_data).Problem.ShouldNotBeNull().Message.ShouldContain("bascule serve");
}
