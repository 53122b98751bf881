namespace Bascule.Simulators.Tests.ApiManagement;

/// <summary>Each kind: made, read, changed, listed and removed, with its versions.</summary>
public sealed class EntityTests
{
    public static TheoryData<string, string, string> Kinds =>
        new()
        {
            { "namedValues/a", """{"displayName":"a","value":"1"}""", """{"displayName":"a","value":"2"}""" },
            {
                "apiVersionSets/a",
                """{"displayName":"a","versioningScheme":"Segment"}""",
                """{"displayName":"a","versioningScheme":"Query","versionQueryName":"v"}"""
            },
            {
                "backends/a",
                """{"url":"https://a.example.com","protocol":"http"}""",
                """{"url":"https://b.example.com","protocol":"http","tls":{"validateCertificateChain":true}}"""
            },
            {
                "loggers/a",
                """{"loggerType":"azureMonitor"}""",
                """{"loggerType":"azureMonitor","description":"d","isBuffered":true}"""
            },
            {
                "policyFragments/a",
                """{"format":"rawxml","value":"<fragment><base /></fragment>"}""",
                """{"format":"xml","description":"d","value":"<fragment />"}"""
            },
            {
                "diagnostics/azuremonitor",
                """{"loggerId":"/loggers/own"}""",
                """{"loggerId":"/loggers/own","sampling":{"samplingType":"fixed","percentage":50.5}}"""
            },
            {
                "policies/policy",
                """{"format":"rawxml","value":"<policies />"}""",
                """{"format":"rawxml","value":"<policies><inbound /></policies>"}"""
            },
            { "products/a", """{"displayName":"a"}""", """{"displayName":"b","state":"published"}""" },
            {
                "products/own/policies/policy",
                """{"value":"<policies />"}""",
                """{"value":"<policies><outbound/></policies>"}"""
            },
            {
                "apis/a",
                """{"displayName":"a","path":"a"}""",
                """{"displayName":"b","path":"b","serviceUrl":"https://c.example.com"}"""
            },
            {
                "apis/own/operations/a",
                """{"displayName":"a","method":"GET","urlTemplate":"/a"}""",
                """{"displayName":"a","method":"POST","urlTemplate":"/a/{b}","templateParameters":[{"name":"b","type":"string","required":true}]}"""
            },
            {
                "apis/own/policies/policy",
                """{"value":"<policies />"}""",
                """{"value":"<policies><outbound/></policies>"}"""
            },
            {
                "apis/own/operations/get-pets-id/policies/policy",
                """{"value":"<policies />"}""",
                """{"value":"<policies><outbound/></policies>"}"""
            },
            {
                "apis/own/diagnostics/azuremonitor",
                """{"loggerId":"/loggers/own"}""",
                """{"loggerId":"/loggers/own","verbosity":"error","alwaysLog":"allErrors"}"""
            },
            { "apis/own/releases/a", """{"apiId":"/apis/own"}""", """{"apiId":"/apis/own","notes":"n"}""" },
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task EveryKindIsMadeReadChangedListedAndRemoved(string path, string first, string second)
    {
        await using var bench = await StartAsync();

        var made = await bench.EndAsync(await bench.SendAsync("PUT", path, Body(first)));
        var read = await bench.GetAsync(path);
        var changed = await bench.EndAsync(await bench.SendAsync("PUT", path, Body(second), read.ETag));
        var listed = await bench.GetAsync(path[..path.LastIndexOf('/')]);
        var removed = await bench.DeleteAsync(path, changed.ETag);

        made.Status.ShouldBeOneOf(200, 201);
        (made.ETag, made.Text).ShouldBe((read.ETag, read.Text));
        changed.Status.ShouldBe(200);
        changed.ETag.ShouldNotBe(read.ETag);
        listed.Names.ShouldContain(path.Split('/')[^1]);
        removed.Status.ShouldBeOneOf(200, 204);
        (await bench.GetAsync(path)).Status.ShouldBe(404);
        (await bench.DeleteAsync(path)).Status.ShouldBe(204);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task EveryKindKeepsItsVersions(string path, string first, string second)
    {
        await using var bench = await StartAsync();
        bench.Simulator.Portal.Put(path, Body(first));
        var before = bench.Simulator.State;
        var old = (await bench.HeadAsync(path)).ETag;
        bench.Simulator.Portal.Put(path, Body(second));
        var now = bench.Simulator.State;

        (await bench.SendAsync("PUT", path, Body(first))).Status.ShouldBe(412);
        (await bench.SendAsync("PUT", path, Body(first), old)).Code.ShouldBe("PreconditionFailed");
        (await bench.SendAsync("DELETE", path, null, old)).Status.ShouldBe(412);
        (await bench.SendAsync("DELETE", path)).Status.ShouldBe(400);
        (await bench.SendAsync("PUT", path + "x", Body(first), old)).Status.ShouldBeOneOf(400, 412);

        bench.Simulator.State.ShouldBe(now);
        now.ShouldNotBe(before);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task EveryKindTakesNoFieldThatIsNotDescribed(string path, string first, string second)
    {
        await using var bench = await StartAsync();
        second.ShouldNotBeEmpty();

        foreach (
            var body in (string[])
                [Body("{\"strange\":1," + first[1..]), "{\"strange\":1," + Body(first)[1..], "{}", "[]", ""]
        )
        {
            var answer = await bench.SendAsync("PUT", path, body);
            answer.Status.ShouldBeOneOf(400, 415);
        }

        (await bench.GetAsync(path)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task AnApiIsPutIntoAProductAndTakenOut()
    {
        await using var bench = await StartAsync();
        const string path = "products/own/apis/own";

        (await bench.HeadAsync(path)).Status.ShouldBe(404);
        (await bench.SendAsync("PUT", path)).Status.ShouldBe(201);
        (await bench.SendAsync("PUT", path)).Status.ShouldBe(200);
        (await bench.HeadAsync(path)).Status.ShouldBe(204);
        (await bench.GetAsync("products/own/apis")).Names.ShouldBe(["own"]);
        (await bench.SendAsync("PUT", "products/own/apis/none")).Status.ShouldBe(404);
        (await bench.SendAsync("PUT", "products/none/apis/own")).Status.ShouldBe(404);
        (await bench.SendAsync("PUT", path + ";rev=1")).Status.ShouldBe(400);
        (await bench.SendAsync("DELETE", path)).Status.ShouldBe(200);
        (await bench.SendAsync("DELETE", path)).Status.ShouldBe(204);
    }

    [Fact]
    public async Task APatchChangesWhatItNames()
    {
        await using var bench = await StartAsync();
        var before = await bench.GetAsync("products/own");

        (await bench.PatchAsync("products/own", new { description = "d" }, before.ETag)).Status.ShouldBe(200);
        (await bench.PatchAsync("products/own", new { description = "e" }, before.ETag)).Status.ShouldBe(412);
        (await bench.PatchAsync("products/own", new { description = "e" }, null)).Status.ShouldBe(400);
        (await bench.PatchAsync("products/own", new { strange = 1 })).Status.ShouldBe(400);
        (await bench.PatchAsync("products/none", new { description = "d" })).Status.ShouldBe(404);
        (await bench.PatchAsync("policies/policy", new { value = "<policies/>" })).Status.ShouldBe(405);

        var after = await bench.GetAsync("products/own");
        (after.Property("displayName"), after.Property("description")).ShouldBe(("own", "d"));
    }

    [Fact]
    public async Task SecretsAreNotShown()
    {
        await using var bench = await StartAsync();
        var vault = new
        {
            displayName = "v",
            secret = true,
            keyVault = new { secretIdentifier = "https://v.example.com/secrets/v" },
        };

        var made = await bench.SendAsync(
            "PUT",
            "namedValues/s",
            Body("""{"displayName":"s","value":"hush","secret":true}""")
        );
        await bench.EndAsync(made);
        await bench.PutAsync("namedValues/v", vault);

        made.Text.ShouldNotContain("hush");
        (await bench.GetAsync("namedValues/s")).Text.ShouldNotContain("hush");
        (await bench.GetAsync("namedValues")).Text.ShouldNotContain("hush");
        (await bench.SendAsync("POST", "namedValues/s/listValue")).Json["value"]!.GetValue<string>().ShouldBe("hush");
        (await bench.SendAsync("POST", "namedValues/none/listValue")).Status.ShouldBe(404);
        (await bench.PutAsync("namedValues/w", new { displayName = "w" })).Target.ShouldBe("value");
        (await bench.PutAsync("namedValues/w", new { vault.displayName, vault.keyVault })).Target.ShouldBe("secret");
        (await bench.PutAsync("namedValues/w", new { displayName = "s", value = "x" })).Detail.ShouldContain(
            "already exist"
        );
    }

    [Fact]
    public async Task SecretsOfALoggerGoIntoANamedValueOfItsOwn()
    {
        await using var bench = await StartAsync();
        var given = new { loggerType = "applicationInsights", credentials = new { instrumentationKey = "hush" } };

        var made = await bench.PutAsync("loggers/ai", given);
        var again = await bench.PutAsync("loggers/ai", given, made.ETag);

        var name = made.Properties["credentials"]!["instrumentationKey"]!.GetValue<string>();
        name.ShouldStartWith("{{Logger-Credentials--");
        again.Properties["credentials"]!["instrumentationKey"]!.GetValue<string>().ShouldBe(name);
        (await bench.GetAsync($"namedValues/{name[2..^2]}")).Status.ShouldBe(200);
        bench.Simulator.State.Keys.Count(path => path.StartsWith("namedValues/", StringComparison.Ordinal)).ShouldBe(1);
        (await bench.DeleteAsync($"namedValues/{name[2..^2]}")).Code.ShouldBe("ValidationError");
    }

    [Fact]
    public async Task ListsHavePages()
    {
        await using var bench = await ApimBench.StartAsync(options => options with { PageSize = 2 });
        for (var i = 0; i < 5; i++)
            bench.Simulator.Portal.Put($"products/p{i}", Body("""{"displayName":"p"}"""));
        List<string> names = [];

        var page = await bench.GetAsync("products");
        names.AddRange(page.Names);
        while ((string?)page.Json["nextLink"] is { } next)
        {
            page = await bench.SendAsync("GET", new Uri(next));
            names.AddRange(page.Names);
        }

        names.ShouldBe(["p0", "p1", "p2", "p3", "p4"]);
        (await bench.GetAsync("products", "&$skip=3&$top=1")).Names.ShouldBe(["p3"]);
        (await bench.GetAsync("products", "&$top=none")).Status.ShouldBe(400);
        (await bench.GetAsync("products", "&$filter=name")).Status.ShouldBe(501);
    }

    [Fact]
    public async Task NamesHaveTheirForm()
    {
        await using var bench = await StartAsync();
        var body = new { displayName = "a" };

        (await bench.PutAsync("products/a%3Cb", body)).Target.ShouldBe("name");
        (await bench.PutAsync("products/a%23b", body)).Target.ShouldBe("name");
        (
            await bench.PutAsync($"backends/{new string('a', 81)}", new { url = "https://a", protocol = "http" })
        ).Target.ShouldBe("name");
        (await bench.PutAsync("policies/other", new { value = "<policies />" })).Target.ShouldBe("name");
        (await bench.GetAsync("PRODUCTS/OWN")).Property("displayName").ShouldBe("own");
        (await bench.GetAsync("strange/a")).Code.ShouldBe("InvalidResourceType");
        (await bench.GetAsync("products/own/strange")).Status.ShouldBe(404);
        (await bench.SendAsync("PUT", "products", new { })).Status.ShouldBe(405);
        (await bench.GetAsync("apis/none/operations")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task TheServiceTellsOfItself()
    {
        await using var bench = await StartAsync();

        (await bench.GetAsync("")).Json["name"]!.GetValue<string>().ShouldBe(bench.Simulator.ServiceName);
        (await bench.SendAsync("DELETE", "")).Status.ShouldBe(405);
    }

    [Fact]
    public async Task WhatIsDoneByHandIsSeenAndChecked()
    {
        await using var bench = await StartAsync();
        var before = bench.Simulator.State;

        bench.Simulator.Portal.Put("policies/policy", Body("""{"value":"<policies />"}"""));

        bench.Simulator.State.Keys.Except(before.Keys).ShouldBe(["policies/policy"]);
        Should.Throw<ArgumentException>(() =>
            bench.Simulator.Portal.Put("policies/policy", Body("""{"value":"<x>"}"""))
        );
        bench.Simulator.WriteCount.ShouldBe(0);
        bench.Simulator.Exchanges.ShouldBeEmpty();
    }

    /// <summary>With an API, a product, a logger and a policy to hang things on.</summary>
    private static async Task<ApimBench> StartAsync()
    {
        var bench = await ApimBench.StartAsync();
        var portal = bench.Simulator.Portal;
        portal.Put("apis/own", Body("""{"displayName":"own","path":"own"}"""));
        portal.Put(
            "apis/own/operations/get-pets-id",
            Body("""{"displayName":"p","method":"GET","urlTemplate":"/p"}""")
        );
        portal.Put("products/own", Body("""{"displayName":"own"}"""));
        portal.Put("loggers/own", Body("""{"loggerType":"azureMonitor"}"""));
        return bench;
    }

    private static string Body(string properties) => $$"""{"properties":{{properties}}}""";
}
