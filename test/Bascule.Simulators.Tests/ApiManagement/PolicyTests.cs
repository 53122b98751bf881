namespace Bascule.Simulators.Tests.ApiManagement;

/// <summary>Policies and fragments: their form, what they name, and how they are shown.</summary>
public sealed class PolicyTests
{
    private const string Expression =
        """<set-header name="a"><value>@(context.Request.Headers.Any(h => h.Key == "<Via>"))</value></set-header>""";

    [Theory]
    [InlineData("rawxml", "<policies>", "policies")]
    [InlineData("rawxml", "", "policies")]
    [InlineData("rawxml", "<fragment />", "fragment")]
    [InlineData("rawxml", "<policies><inbound/><inbound/></policies>", "policies")]
    [InlineData("rawxml", "<policies><trace/></policies>", "trace")]
    [InlineData("rawxml", "<policies><inbound><a>@(1</a></inbound></policies>", "policies")]
    [InlineData("rawxml", "<policies><inbound><a x='@(&quot;b&quot;)'/></inbound></policies>", "policies")]
    [InlineData("rawxml", "<!DOCTYPE a [<!ENTITY b 'c'>]><policies>&b;</policies>", "policies")]
    [InlineData("xml", "<policies><inbound><a>@(1 < 2)</a></inbound></policies>", "policies")]
    [InlineData(
        "rawxml",
        "<policies><inbound><include-fragment fragment-id='none'/></inbound></policies>",
        "include-fragment"
    )]
    [InlineData(
        "rawxml",
        "<policies><inbound><set-backend-service backend-id='none'/></inbound></policies>",
        "set-backend-service"
    )]
    [InlineData("rawxml", "<policies><inbound><a>{{none}}</a></inbound></policies>", "{{none}}")]
    [InlineData("rawxml", "<policies><inbound><a x='{{none}}'/></inbound></policies>", "{{none}}")]
    [InlineData("rawxml", "<policies><inbound><a>@(\"{{none}}\")</a></inbound></policies>", "{{none}}")]
    public async Task APolicyIsWellFormedAndNamesWhatIsThere(string format, string value, string target)
    {
        await using var bench = await ApimBench.StartAsync();

        var answer = await bench.PutAsync("policies/policy", new { format, value });

        (answer.Status, answer.Code, answer.Target).ShouldBe((400, "ValidationError", target));
        (await bench.GetAsync("policies/policy")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task ExpressionsAreShownInTheFormatThatIsAskedFor()
    {
        await using var bench = await ApimBench.StartAsync();

        (await bench.PolicyAsync("", Expression)).Status.ShouldBe(201);
        var encoded = await bench.GetAsync("policies/policy");
        var raw = await bench.GetAsync("policies/policy", "&format=rawxml");

        encoded.Property("value")!.ShouldContain("h =&gt; h.Key == &quot;&lt;Via&gt;&quot;");
        raw.Property("value")!.ShouldContain("""h => h.Key == "<Via>")""");
        raw.Property("value")!.ShouldStartWith("<policies>\r\n  <inbound>\r\n    <base />\r\n");
        (await bench.PutAsync("policies/policy", new { format = "xml", value = encoded.Property("value") }, raw.ETag))
            .Property("value")
            .ShouldBe(encoded.Property("value"));
        (await bench.GetAsync("policies/policy", "&format=rawxml")).Property("value").ShouldBe(raw.Property("value"));
        (await bench.GetAsync("policies")).Names.ShouldBe(["policy"]);
    }

    [Fact]
    public async Task WhatIsUsedIsKept()
    {
        await using var bench = await ApimBench.StartAsync();
        await bench.PutAsync("namedValues/n", new { displayName = "Name", value = "1" });
        await bench.PutAsync("backends/b", new { url = "https://{{Name}}.example.com", protocol = "http" });
        await bench.PutAsync(
            "policyFragments/f",
            new { format = "rawxml", value = "<fragment><a>{{Name}}</a></fragment>" }
        );
        var policy = await bench.PolicyAsync(
            "",
            """<set-backend-service backend-id="b" /><include-fragment fragment-id="f" />"""
        );

        (await bench.DeleteAsync("policyFragments/f")).Code.ShouldBe("ValidationError");
        (await bench.DeleteAsync("namedValues/n")).Code.ShouldBe("ValidationError");
        (await bench.DeleteAsync("policies/policy", policy.ETag)).Status.ShouldBe(200);
        (await bench.DeleteAsync("policyFragments/f")).Status.ShouldBe(200);
        (await bench.DeleteAsync("namedValues/n")).Code.ShouldBe("ValidationError");
        (await bench.DeleteAsync("backends/b")).Status.ShouldBe(200);
        (await bench.DeleteAsync("namedValues/n")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task BracesOfALiquidTemplateAreItsOwn()
    {
        await using var bench = await ApimBench.StartAsync();

        (await bench.PolicyAsync("", """<set-body template="liquid">{"a":"{{body.b}}"}</set-body>""")).Status.ShouldBe(
            201
        );
        (await bench.PolicyAsync("", """<set-body>{"a":"{{body.b}}"}</set-body>""", "*")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task ABackendAndALoggerNameWhatIsThere()
    {
        await using var bench = await ApimBench.StartAsync();
        var logger = new { loggerType = "applicationInsights", credentials = new { instrumentationKey = "{{none}}" } };

        (await bench.PutAsync("backends/b", new { url = "https://{{none}}", protocol = "http" })).Target.ShouldBe(
            "{{none}}"
        );
        (await bench.PutAsync("loggers/l", logger)).Target.ShouldBe("{{none}}");
        (await bench.PutAsync("loggers/l", new { logger.loggerType })).Target.ShouldBe("credentials");
        (await bench.PutAsync("diagnostics/applicationinsights", new { loggerId = "/loggers/l" })).Target.ShouldBe(
            "loggerId"
        );
        (
            await bench.PutAsync("apiVersionSets/v", new { displayName = "v", versioningScheme = "Header" })
        ).Target.ShouldBe("versionHeaderName");
    }
}
