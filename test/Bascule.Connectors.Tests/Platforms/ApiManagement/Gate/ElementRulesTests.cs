using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Tests.Platforms.ApiManagement.Gate;

[Trait("Threat", "T127")]
public sealed class ElementRulesTests
{
    private static readonly ApimRules Listed = new()
    {
        SendRequestHosts = ["api.example.com", "*.example.net", "api.example.com:8443"],
    };

    [Theory]
    [InlineData("<set-backend-service backend-id=\"orders\" />")]
    [InlineData("<Set-Backend-Service backend-id=\"orders\" />")]
    [InlineData("<choose><otherwise><set-backend-service backend-id=\"orders\" /></otherwise></choose>")]
    [InlineData(
        "<retry condition=\"true\"><wait><choose><when condition=\"true\"><set-backend-service backend-id=\"orders\" /></when></choose></wait></retry>"
    )]
    public async Task ADeniedElementIsFoundWhereverItStands(string piece)
    {
        var rules = new ApimRules { Deny = ["set-backend-service"], UnknownElements = ApimStance.Allow };

        (await GateStage.FindAsync(piece, rules))
            .Single()
            .ShouldContain(":4 Denied: has 'set-backend-service'", Case.Insensitive);
        (await GateStage.FindAsync(piece, rules with { Deny = ["send-request"] })).ShouldBeEmpty();
    }

    [Fact]
    public async Task AFragmentIsLookedIntoToo()
    {
        const string Path = "policy fragments/correlation/policy.xml";

        var found = await GateStage.CheckAsync(
            new ApimRules { Deny = ["set-body"] },
            (Path, "<fragment>\n<set-body>x</set-body></fragment>")
        );

        found.Single().ShouldStartWith($"{Path}:2 Denied:");
    }

    [Theory]
    [InlineData("https://api.example.com/a?b=1&amp;c=2")]
    [InlineData("https://API.example.com:443/a")]
    [InlineData("https://api.example.com:8443/a")]
    [InlineData("https://a.b.example.net")]
    public async Task AListedHostMayBeCalled(string address)
    {
        (await GateStage.FindAsync(Send(address), Listed)).ShouldBeEmpty();
        (await GateStage.FindAsync(Send(address))).Single().ShouldContain("Host: has 'set-url' with an address");
    }

    [Theory]
    [InlineData("https://attacker.example/a", "which the rules do not list")]
    [InlineData("https://api.example.com.attacker.example/a", "which the rules do not list")]
    [InlineData("https://example.net/a", "which the rules do not list")]
    [InlineData("https://evilexample.net/a", "which the rules do not list")]
    [InlineData("https://api.example.com:9000/a", "which the rules do not list")]
    [InlineData("https://api.example.com@attacker.example/a", "has a user before the host")]
    [InlineData("https://attacker.example\\@api.example.com/a", "is no absolute address")]
    [InlineData("https://api.example.com\n.attacker.example/a", "is no absolute address")]
    [InlineData("https://api.example.com\\.attacker.example/a", "is no absolute address")]
    [InlineData("http://api.example.com/a", "is not https")]
    [InlineData("file:///etc/passwd", "is no absolute address")]
    [InlineData("/a", "is no absolute address")]
    [InlineData("", "is no absolute address")]
    [InlineData("{{orders-url}}", "shows in the service alone")]
    [InlineData("https://{{orders-url}}/a", "shows in the service alone")]
    [InlineData("@(context.Request.Url.ToString())", "shows in the service alone")]
    [InlineData("https://api.example.com<!-- -->.attacker.example/a", "which the rules do not list")]
    public async Task AnotherHostIsNotCalled(string address, string says)
    {
        var rules = Listed with { Expressions = null };

        (await GateStage.FindAsync(Send(address), rules)).Single().ShouldContain(says);
    }

    [Theory]
    [InlineData("<send-one-way-request><set-url>https://attacker.example</set-url></send-one-way-request>", "set-url")]
    [InlineData("<send-request response-variable-name=\"a\" />", "send-request")]
    [InlineData("<proxy url=\"https://attacker.example\" />", "proxy")]
    [InlineData("<set-backend-service base-url=\"https://attacker.example\" />", "set-backend-service")]
    [InlineData(
        "<send-request><set-url>https://api.example.com</set-url><set-url>https://attacker.example</set-url></send-request>",
        "set-url"
    )]
    public async Task EveryWayToAHostIsLookedAt(string piece, string element) =>
        (await GateStage.FindAsync(piece, Listed)).Single().ShouldContain($"Host: has '{element}'");

    [Fact]
    public async Task ACopyOfTheRequestGoesWhereTheRequestWent() =>
        (await GateStage.FindAsync("<send-one-way-request mode=\"copy\" />")).ShouldBeEmpty();

    [Theory]
    [InlineData("login.example.com", 0)]
    [InlineData("login.example.org", 1)]
    public async Task WhoMaySignTokensIsAMatterOfTheRules(string host, int findings)
    {
        const string Piece =
            "<validate-jwt header-name=\"A\"><openid-config url=\"https://login.example.com/x\" /></validate-jwt>";
        var others = new ApimRules { IssuerHosts = [host] };

        var found = await GateStage.FindAsync(Piece, others);

        found.Count(one => one.StartsWith($"{GateStage.Policy}:4 Host:", StringComparison.Ordinal)).ShouldBe(findings);
    }

    [Theory]
    [InlineData("true", "*", 1)]
    [InlineData("True", " * ", 1)]
    [InlineData("true", "https://*.example.com", 1)]
    [InlineData("{{orders-url}}", "*", 1)]
    [InlineData("true", "{{orders-url}}", 1)]
    [InlineData("true", "https://shop.example.com", 0)]
    [InlineData("false", "*", 0)]
    [InlineData("FALSE", "*", 0)]
    public async Task CredentialsAreForNamedOriginsAlone(string credentials, string origin, int findings)
    {
        var cors =
            $"<cors allow-credentials=\"{credentials}\"><allowed-origins>\n<origin>{origin}</origin></allowed-origins></cors>";

        var found = await GateStage.FindAsync(cors);

        found.Count.ShouldBe(findings, string.Join('\n', found));
        found.ShouldAllBe(one => one.StartsWith($"{GateStage.Policy}:5 Cors: lets ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<set-header name=\"a\"><value>@(context.RequestId.ToString())</value></set-header>", true)]
    [InlineData("<choose><when condition=\"@(context.Variables.Count > 0)\" /></choose>", true)]
    [InlineData("<set-body>@{ return \"a\"; }</set-body>", true)]
    [InlineData("<ip-filter action=\"allow\"><address>@(\"1.2.3.4\")</address></ip-filter>", false)]
    [InlineData("<cors><allowed-origins><origin>@(\"x\")</origin></allowed-origins></cors>", false)]
    [InlineData("<validate-jwt header-name=\"@(&quot;a&quot;)\" />", false)]
    [InlineData("<ip-filter action=\"allow\"><address>@<!-- -->(\"1.2.3.4\")</address></ip-filter>", false)]
    [InlineData("<ip-filter action=\"allow\"><address><![CDATA[@{ return \"1\"; }]]></address></ip-filter>", false)]
    public async Task ExpressionsStandWhereTheyDoNoHarm(string piece, bool isFine)
    {
        var found = await GateStage.FindAsync(piece);

        (found.Count == 0).ShouldBe(isFine, string.Join('\n', found));
        found.ShouldAllBe(one =>
            one.StartsWith($"{GateStage.Policy}:4 Expression: has a C# expression", StringComparison.Ordinal)
        );
        (await GateStage.FindAsync(piece, new ApimRules { Expressions = null })).ShouldBeEmpty();
    }

    [Fact]
    public async Task WithoutExpressionsThereIsNone()
    {
        var found = await GateStage.CheckAsync(new ApimRules { Expressions = [] });

        found.Count.ShouldBe(2);
        found.ShouldAllBe(one => one.Contains("Expression: has a C# expression in", StringComparison.Ordinal));
    }

    private static string Send(string address) =>
        $"<send-request mode=\"new\" response-variable-name=\"a\"><set-url>{address}</set-url></send-request>";
}
