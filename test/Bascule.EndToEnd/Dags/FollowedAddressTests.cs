using Bascule.Cli.Features.Dags;

namespace Bascule.EndToEnd.Dags;

[Trait("Threat", "T62")]
public sealed class FollowedAddressTests
{
    [Theory]
    [InlineData("https://bascule.example.com/git/git/ml/churn.git", "https")]
    [InlineData("http://127.0.0.1:8080/git/git/ml/churn.git", "http")]
    [InlineData("file:///srv/git/churn.git", "file")]
    public void IsOneThatGitMayBeGiven(string text, string protocol) =>
        FollowedAddress.Read(text).Value.Protocol.ShouldBe(protocol);

    [Theory]
    [InlineData("http://bascule.example.com/git/git/ml/churn.git")]
    [InlineData("https://dana:secret@bascule.example.com/git/git/ml/churn.git")]
    [InlineData("https://bascule.example.com/git/git/ml/churn.git?x=1")]
    [InlineData("--upload-pack=touch")]
    [InlineData("ext::sh -c touch")]
    [InlineData("git@bascule.example.com:ml/churn.git")]
    [InlineData("/srv/git/churn.git")]
    [InlineData("file://srv/git/churn.git")]
    [InlineData("file:///srv/../etc")]
    [InlineData("file:///srv/a b")]
    [InlineData("file:///srv/';touch x;'")]
    [InlineData("file:///")]
    public void IsRefusedOtherwise(string text) => FollowedAddress.Read(text).Problem.ShouldNotBeNull();
}
