using Bascule.Cli.Features.Git;

namespace Bascule.EndToEnd.WaysIn;

public sealed class CredentialQuestionTests
{
    private const string Asked = "protocol=https\nhost=bascule.example.com\npath=git/git/ml/churn.git\n";

    [Theory]
    [InlineData("as git 2.39 asks", "\n")]
    [InlineData("without an empty line", "")]
    [InlineData(
        "as later ones ask",
        "capability[]=authtype\ncapability[]=state\nwwwauth[]=Basic realm=\"Bascule\"\n\n"
    )]
    [InlineData("with what comes after", "\nhost=evil.example.com\n")]
    public void AQuestionOfGitIsUnderstood(string name, string end)
    {
        var question = CredentialQuestion.Read(Asked + end).ShouldNotBeNull(name);

        question.Origin.ShouldBe("https://bascule.example.com");
        question.Repository.ShouldBe("https://bascule.example.com/git/git/ml/churn.git");
    }

    [Theory]
    [InlineData("nothing", "")]
    [InlineData("no host", "protocol=https\n\n")]
    [InlineData("an empty host", "protocol=https\nhost=\npath=git/git/ml/churn.git\n\n")]
    [InlineData("an empty protocol", "protocol=\nhost=bascule.example.com\n\n")]
    [InlineData("two hosts", Asked + "host=evil.example.com\n\n")]
    [InlineData("two paths", Asked + "path=git/git/ml/other.git\n\n")]
    [InlineData("an address besides", Asked + "url=https://evil.example.com/\n\n")]
    [InlineData("a carriage return", "protocol=https\r\nhost=bascule.example.com\r\n\r\n")]
    [InlineData("a zero byte", "protocol=https\nhost=bascule.example.com\0.evil.example.com\n\n")]
    [InlineData("a line without a sign", "protocol=https\nhost=bascule.example.com\nquit\n\n")]
    [InlineData("a line without a name", "protocol=https\nhost=bascule.example.com\n=x\n\n")]
    [Trait("Threat", "T82")]
    public void WhatGitWouldNotWriteIsNotUnderstood(string name, string text) =>
        CredentialQuestion.Read(text).ShouldBeNull(name);

    [Theory]
    [InlineData("git/git/ml/churn.git/info/lfs", "git/git/ml/churn.git")]
    [InlineData("git/git/ml/churn.git/info/lfs/objects/batch", "git/git/ml/churn.git")]
    [InlineData("git/git/ml/churn", null)]
    [InlineData("git/git/ml/churn.git/", null)]
    [InlineData("git/git/ml/../other.git", null)]
    [InlineData("git/git/ml/churn/x.git", null)]
    [InlineData("git/git/ml/churn%2egit.git", null)]
    [InlineData("oauth/token", null)]
    [Trait("Threat", "T82")]
    public void APathOfAnythingElseIsNoRepository(string path, string? repository) =>
        CredentialQuestion
            .Read($"protocol=https\nhost=b\npath={path}\n\n")!
            .Repository.ShouldBe(repository is null ? null : $"https://b/{repository}");

    [Fact]
    public async Task AFloodIsNotRead()
    {
        using var flood = new MemoryStream(new byte[10_000_000]);

        (await CredentialQuestion.ReadAsync(flood, default)).ShouldBeNull();
        flood.Position.ShouldBeLessThan(100_000);
    }
}
