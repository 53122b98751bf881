using Bascule.Core;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Tests.Mirrors;

public sealed class ForgeUrlTests
{
    private const string Plain = "the repository's address is not an absolute URL in plain ASCII";
    private const string Parts = "the repository's address has no host, or carries a user, a query or a fragment";

    [Theory]
    [Trait("Threat", "T62")]
    [Trait("Threat", "T73")]
    [Trait("Threat", "T82")]
    [InlineData("another helper", "ext::sh -c 'touch /tmp/x'")]
    [InlineData("a descriptor", "fd::3/x")]
    [InlineData("an option", "https://forge.example/--upload-pack=touch x/r.git")]
    [InlineData("an escaped newline", "https://forge.example/%0ahost=evil.example/r.git")]
    [InlineData("a newline", "https://forge.example/a\nb/r.git")]
    [InlineData("another scheme", "ssh://git@forge.example/-oProxyCommand=touch/r.git")]
    [InlineData("git's own scheme", "git://forge.example/r.git")]
    [InlineData("a downgrade", "http://forge.example/r.git")]
    [InlineData("a user", "https://ada:secret@forge.example/r.git")]
    [InlineData("a query", "https://forge.example/r.git?x=1")]
    [InlineData("a fragment", "https://forge.example/r.git#x")]
    [InlineData("a file", "file:///etc")]
    [InlineData("a path", "/srv/git/r.git")]
    [InlineData("a relative path", "../r.git")]
    [InlineData("a letter that looks like another", "https://f\u043erge.example/r.git")]
    [InlineData("a share", "\\\\server\\share\\r.git")]
    public void RefusesWhatIsNotAnHttpsAddress(string what, string url) =>
        ForgeUrl.Check(new Uri(url, UriKind.RelativeOrAbsolute))!.Code.ShouldBe(ProblemCode.Invalid, what);

    [Theory]
    [InlineData("https://forge.example/ml/churn.git")]
    [InlineData("https://10.0.0.7:3000/sub/ml/churn")]
    [InlineData("https://[::1]:3000/ml/churn.git")]
    [InlineData("http://127.0.0.1:3000/ml/churn.git")]
    [InlineData("http://localhost:3000/ml/churn.git")]
    public void TakesWhatAConnectionMayBe(string url) => ForgeUrl.Check(new Uri(url)).ShouldBeNull();

    [Theory]
    [InlineData("/srv/git/r.git", Plain)]
    [InlineData("https://forge.example/a b", Plain)]
    [InlineData("https://forge.example/\u007f", Plain)]
    [InlineData("https://forge.example/\u00e9", Plain)]
    [InlineData("https://forge.example/a\\r.git", Plain)]
    [InlineData(
        "ssh://forge.example/r.git",
        "'ssh' is not a way to reach a repository; only https is (http on loopback)"
    )]
    [InlineData("http://10.0.0.7/r.git", "'http' is not a way to reach a repository; only https is (http on loopback)")]
    [InlineData("https://ada@forge.example/r.git", Parts)]
    [InlineData("https://forge.example/r.git?x=1", Parts)]
    [InlineData("https://forge.example/r.git#x", Parts)]
    [InlineData("https://forge.example/%0a.git", "the repository's address has escaped characters in its path")]
    public void TellsWhatIsWrongWithTheAddress(string url, string message) =>
        ForgeUrl.Check(new Uri(url, UriKind.RelativeOrAbsolute))!.Message.ShouldBe(message);

    [Fact]
    public void TakesAnAddressOfTheGreatestLengthAndNoLonger()
    {
        var longest = "https://forge.example/".PadRight(2048, 'a');

        ForgeUrl.Check(new Uri(longest)).ShouldBeNull();
        ForgeUrl.Check(new Uri(longest + "a"))!.Message.ShouldBe(Plain);
    }

    [Theory]
    [InlineData("https://forge.example/ml/churn.git")]
    [InlineData("https://forge.example/ml/churn.git/")]
    public void AppendsWhatAFetchAsksFor(string url) =>
        ForgeUrl
            .Append(new Uri(url), "/git-upload-pack")
            .AbsoluteUri.ShouldBe("https://forge.example/ml/churn.git/git-upload-pack");
}
