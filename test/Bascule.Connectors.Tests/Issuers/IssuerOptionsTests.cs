using Bascule.Connectors.Issuers;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Issuers;

public sealed class IssuerOptionsTests
{
    [Fact]
    public void AnAddressIsEnough()
    {
        var (options, problems) = Read("""{"url":"https://login.example.com/tenant/"}""");

        problems.ShouldBeEmpty();
        options!.Issuer.Url.Text.ShouldBe("https://login.example.com/tenant/");
        options.Issuer.Algorithms.ShouldHaveSingleItem().Name.ShouldBe("RS256");
        (options.Issuer.MaxLifetime, options.Issuer.Skew).ShouldBe((TimeSpan.FromDays(1), TimeSpan.FromSeconds(30)));
        (options.Subject, options.KeyHosts.Count, options.Issuer.Audiences.Count).ShouldBe(("issuer 'okta'", 0, 0));
    }

    [Fact]
    public void EverySettingIsRead()
    {
        var (options, problems) = Read(
            """
            {"url":"https://accounts.google.com","algorithms":["RS256","ES256"],"audiences":["bascule"],"max_lifetime":"25h","clock_skew":5,
             "jwks_hosts":["www.googleapis.com","10.0.0.1:6443"]}
            """
        );

        problems.ShouldBeEmpty();
        options!.Issuer.Algorithms.Count.ShouldBe(2);
        options.Issuer.Audiences.ShouldBe(["bascule"]);
        (options.Issuer.MaxLifetime, options.Issuer.Skew).ShouldBe((TimeSpan.FromHours(25), TimeSpan.FromSeconds(5)));
        options.KeyHosts.ShouldBe(["www.googleapis.com", "10.0.0.1:6443"]);
    }

    [Theory]
    [InlineData("""{}""", "url")]
    [InlineData("""{"url":"http://login.example.com"}""", "url")]
    [InlineData("""{"url":"https://me@login.example.com"}""", "url")]
    [InlineData("""{"url":"https://169.254.169.254"}""", "url")]
    [InlineData("""{"url":"https://login.example.com:443"}""", "url")]
    [InlineData("""{"url":"https://a.example","algorithms":[]}""", "")]
    [InlineData("""{"url":"https://a.example","algorithms":["none"]}""", "")]
    [InlineData("""{"url":"https://a.example","algorithms":["HS256"]}""", "")]
    [InlineData("""{"url":"https://a.example","algorithms":"RS256"}""", "algorithms")]
    [InlineData("""{"url":"https://a.example","audiences":[""]}""", "")]
    [InlineData("""{"url":"https://a.example","clock_skew":61}""", "clock_skew")]
    [InlineData("""{"url":"https://a.example","max_lifetime":"8d"}""", "max_lifetime")]
    [InlineData("""{"url":"https://a.example","max_lifetime":"0m"}""", "max_lifetime")]
    [InlineData("""{"url":"https://a.example","max_lifetime":"60"}""", "max_lifetime")]
    [InlineData("""{"url":"https://a.example","ca":"/does/not/exist.pem"}""", "ca")]
    [InlineData("""{"url":"https://a.example","jwks_hosts":["*"]}""", "jwks_hosts")]
    [InlineData("""{"url":"https://a.example","jwks_hosts":["a.example/keys"]}""", "jwks_hosts")]
    [Trait("Threat", "T26")]
    public void AWrongSettingIsAProblemAndNoIssuer(string json, string key)
    {
        var (options, problems) = Read(json);

        options.ShouldBeNull();
        problems.ShouldContain(problem => problem.Key == key);
    }

    private static (IssuerOptions? Options, List<Core.Settings.SettingProblem> Problems) Read(string json)
    {
        var (reader, problems) = SettingTree.Read(json);
        return (
            IssuerOptions.Read("okta", reader, new(TimeProvider.System, "/", new Uri("https://b.example"))),
            problems
        );
    }
}
