namespace Bascule.Simulators.Tests.ApiManagement;

/// <summary>APIs, their revisions, imports and releases.</summary>
public sealed class RevisionTests
{
    private static object Copy(string api = "petstore") =>
        new
        {
            path = api,
            sourceApiId = $"/apis/{api}",
            apiRevisionDescription = "commit 1",
        };

    [Fact]
    public async Task AnImportMakesOperationsOfTheDocument()
    {
        await using var bench = await ApimBench.StartAsync();

        var api = await bench.ImportAsync();
        var operation = await bench.GetAsync("apis/petstore/operations/listpets");

        (await bench.GetAsync("apis/petstore/operations")).Names.ShouldBe(
            ["get-pets-id", "listpets"],
            ignoreOrder: true
        );
        (operation.Property("method"), operation.Property("urlTemplate")).ShouldBe(("GET", "/pets"));
        operation.Property("displayName").ShouldBe("List pets");
        (api.Property("serviceUrl"), api.Property("apiRevision")).ShouldBe(("https://pets.example.com/v1", "1"));
        ((bool)api.Properties["isCurrent"]!).ShouldBeTrue();
        api.Properties.ContainsKey("value").ShouldBeFalse();
    }

    [Theory]
    [InlineData("openapi", "openapi: 3.0.1", "paths")]
    [InlineData("openapi", "a: [", "YAML")]
    [InlineData("openapi+json", "{", "Parsing")]
    [InlineData("openapi", "swagger: \"2.0\"\npaths: {}", "format")]
    [InlineData("swagger-json", PetStore.Json, "format")]
    [InlineData("openapi", "openapi: 3.0.1\npaths:\n  /a:\n    $ref: other.yaml#/a", "other.yaml")]
    [InlineData("openapi", "openapi: 3.0.1\npaths:\n  /a: {get: {operationId: x}, put: {operationId: x}}", "twice")]
    [InlineData("openapi", "openapi: 3.0.1\nx: &a [1]\ny: *a\npaths: {}", "alias")]
    public async Task ADocumentThatCannotBeReadIsRefusedAtTheEnd(string format, string value, string words)
    {
        await using var bench = await ApimBench.StartAsync();

        var first = await bench.SendAsync(
            "PUT",
            "apis/a",
            new
            {
                properties = new
                {
                    displayName = "a",
                    path = "a",
                    format,
                    value,
                },
            }
        );
        var last = await bench.EndAsync(first);

        (first.Status, last.Status, last.Code).ShouldBe((201, 400, "ValidationError"));
        last.Detail.ShouldContain(words);
        (await bench.GetAsync("apis/a")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task AnImportOverAnApiKeepsThePoliciesOfWhatStays()
    {
        await using var bench = await ApimBench.StartAsync();
        var api = await bench.ImportAsync();
        await bench.PolicyAsync("apis/petstore/operations/get-pets-id", "<a />");
        await bench.PolicyAsync("apis/petstore/operations/listpets", "<b />");
        var document = new
        {
            displayName = "petstore",
            path = "petstore",
            format = "openapi+json",
            value = PetStore.Json,
        };

        (await bench.PutAsync("apis/petstore", document, api.ETag)).Status.ShouldBe(200);

        (await bench.GetAsync("apis/petstore/operations")).Names.ShouldBe(["one-pet"]);
        (await bench.GetAsync("apis/petstore/operations/one-pet/policies/policy"))
            .Property("value")!
            .ShouldContain("<a />");
        bench.Simulator.State.Keys.ShouldNotContain(path => path.Contains("listpets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnOlderDocumentIsImportedToo()
    {
        await using var bench = await ApimBench.StartAsync();
        var given = new
        {
            path = "old",
            format = "swagger-json",
            value = PetStore.Swagger,
        };

        var api = await bench.PutAsync("apis/old", given);

        (api.Property("displayName"), api.Property("serviceUrl")).ShouldBe(("petstore", "https://old.example.com/v0"));
        (await bench.GetAsync("apis/old/operations")).Names.ShouldBe(["add-pet"]);
        (
            await bench.PutAsync(
                "apis/x",
                new
                {
                    path = "x",
                    format = "wsdl",
                    value = "x",
                }
            )
        ).Status.ShouldBe(501);
        (await bench.PutAsync("apis/x", new { path = "x", format = "openapi" })).Target.ShouldBe("value");
    }

    [Fact]
    public async Task ANewRevisionHasWhatItsSourceHas()
    {
        await using var bench = await ApimBench.StartAsync();
        await bench.ImportAsync();
        await bench.PolicyAsync("apis/petstore", "<a />");
        await bench.PolicyAsync("apis/petstore/operations/listpets", "<b />");

        var made = await bench.PutAsync("apis/petstore;rev=2", Copy());
        await bench.PolicyAsync("apis/petstore;rev=2", "<c />", "*");

        (made.Json["name"]!.GetValue<string>(), made.Property("apiRevision")).ShouldBe(("petstore;rev=2", "2"));
        made.Properties.ContainsKey("isCurrent").ShouldBeFalse();
        (await bench.GetAsync("apis/petstore;rev=2/operations")).Names.Count().ShouldBe(2);
        (await bench.GetAsync("apis/petstore;rev=2/operations/listpets/policies/policy"))
            .Property("value")!
            .ShouldContain("<b />");
        (await bench.GetAsync("apis/petstore/policies/policy")).Property("value")!.ShouldContain("<a />");
        (await bench.GetAsync("apis/petstore;rev=1/policies/policy")).Property("value")!.ShouldContain("<a />");
        (await bench.GetAsync("apis/petstore/revisions")).Json["count"]!.GetValue<int>().ShouldBe(2);
        (await bench.GetAsync("apis")).Names.ShouldBe(["petstore", "petstore;rev=2"]);
    }

    [Fact]
    public async Task AReleaseMakesARevisionTheCurrentOneAtOnce()
    {
        await using var bench = await ApimBench.StartAsync();
        await bench.ImportAsync();
        await bench.PutAsync("apis/petstore;rev=2", Copy());
        var release = new { apiId = $"{bench.Simulator.ServicePath}/apis/petstore;rev=2", notes = "commit 1" };

        var made = await bench.SendAsync("PUT", "apis/petstore/releases/r2", new { properties = release });
        var current = await bench.GetAsync("apis/petstore");
        var former = await bench.GetAsync("apis/petstore;rev=1");

        made.Status.ShouldBe(201);
        made.Property("apiId")!.ShouldEndWith("/apis/petstore;rev=2");
        (current.Property("apiRevision"), current.Json["name"]!.GetValue<string>()).ShouldBe(("2", "petstore"));
        (former.Property("apiRevision"), former.Json["name"]!.GetValue<string>()).ShouldBe(("1", "petstore;rev=1"));
        (await bench.PutAsync("apis/petstore/releases/back", new { apiId = "/apis/petstore;rev=1" })).Status.ShouldBe(
            201
        );
        (await bench.GetAsync("apis/petstore")).Property("apiRevision").ShouldBe("1");
        (
            await bench.PutAsync("apis/petstore/releases/r2", new { release.apiId, notes = "n" }, made.ETag)
        ).Status.ShouldBe(200);
        (await bench.GetAsync("apis/petstore")).Property("apiRevision").ShouldBe("1");
    }

    [Theory]
    [InlineData("/apis/petstore;rev=9")]
    [InlineData("/apis/other;rev=1")]
    [InlineData("petstore")]
    [InlineData("/subscriptions/other/apis/petstore;rev=1")]
    public async Task AReleaseNamesARevisionOfItsApi(string apiId)
    {
        await using var bench = await ApimBench.StartAsync();
        await bench.ImportAsync();
        await bench.ImportAsync("other", PetStore.Json);

        (await bench.PutAsync("apis/petstore/releases/r", new { apiId })).Target.ShouldBe("apiId");
        (await bench.PutAsync("apis/petstore;rev=1/releases/r", new { apiId = "/apis/petstore" })).Target.ShouldBe(
            "apiId"
        );
    }

    [Theory]
    [InlineData(
        """{"path":"elsewhere","sourceApiId":"/apis/petstore"}""",
        "Can't change property Path for non-current revision "
    )]
    [InlineData("""{"path":"petstore","displayName":"b"}""", "Can't change property Name for non-current revision ")]
    [InlineData(
        """{"path":"petstore","protocols":["http"]}""",
        "Can't change property Protocols for non-current revision "
    )]
    [InlineData("""{"path":"petstore","isCurrent":true}""", null)]
    [InlineData("""{"path":"petstore","apiRevision":"3"}""", null)]
    [InlineData("""{"path":"petstore","sourceApiId":"/apis/none"}""", null)]
    public async Task ARevisionSharesWhatTheApiIs(string properties, string? words)
    {
        await using var bench = await ApimBench.StartAsync();
        await bench.ImportAsync();

        var answer = await bench.EndAsync(
            await bench.SendAsync("PUT", "apis/petstore;rev=2", $$"""{"properties":{{properties}}}""")
        );

        (answer.Status, answer.Code).ShouldBe((400, "ValidationError"));
        if (words is not null)
            answer.Message.ShouldBe(words);
        (await bench.GetAsync("apis/petstore;rev=2")).Status.ShouldBe(404);
        (await bench.PutAsync("apis/new;rev=2", new { path = "n", displayName = "n" })).Target.ShouldBe("apiRevision");
    }

    [Fact]
    public async Task ARevisionIsRemovedByItselfAndTheCurrentOneOnlyWithAll()
    {
        await using var bench = await ApimBench.StartAsync();
        await bench.ImportAsync();
        bench.Simulator.Portal.Put("products/p", """{"properties":{"displayName":"p"}}""");
        bench.Simulator.Portal.Put("products/p/apis/petstore", "");
        await bench.PutAsync("apis/petstore;rev=2", Copy());

        (await bench.DeleteAsync("apis/petstore;rev=1")).Code.ShouldBe("ValidationError");
        (await bench.DeleteAsync("apis/petstore")).Code.ShouldBe("ValidationError");
        (await bench.SendAsync("DELETE", "apis/petstore;rev=2", null, "*")).Status.ShouldBe(202);
        bench.Simulator.State.Keys.ShouldNotContain(path => path.Contains("rev=2", StringComparison.Ordinal));
        await bench.PutAsync("apis/petstore;rev=3", Copy());
        (await bench.DeleteAsync("apis/petstore", query: "&deleteRevisions=true")).Status.ShouldBe(204);

        bench.Simulator.State.Keys.ShouldBe(["products/p"]);
    }

    [Fact]
    public async Task PathsOfApisAreTheirOwn()
    {
        await using var bench = await ApimBench.StartAsync();
        await bench.ImportAsync();
        bench.Simulator.Portal.Put(
            "apiVersionSets/v",
            """{"properties":{"displayName":"v","versioningScheme":"Segment"}}"""
        );
        var other = new { displayName = "b", path = "petstore" };
        var version = new
        {
            other.displayName,
            other.path,
            apiVersion = "v2",
            apiVersionSetId = "/apiVersionSets/v",
        };

        (await bench.PutAsync("apis/b", other)).Target.ShouldBe("path");
        (await bench.PutAsync("apis/b", version with { apiVersionSetId = "/apiVersionSets/none" })).Target.ShouldBe(
            "apiVersionSetId"
        );
        (await bench.PutAsync("apis/b", version)).Property("apiVersionSetId")!.ShouldStartWith("/subscriptions/");
        (await bench.DeleteAsync("apiVersionSets/v")).Code.ShouldBe("ValidationError");
        (await bench.PutAsync("apis/c", new { path = "c" })).Target.ShouldBe("displayName");
    }

    [Fact]
    public async Task OperationsAreToldApart()
    {
        await using var bench = await ApimBench.StartAsync();
        await bench.ImportAsync();
        var twin = new
        {
            displayName = "t",
            method = "GET",
            urlTemplate = "/pets",
        };
        var undefined = new
        {
            displayName = "t",
            method = "GET",
            urlTemplate = "/x/{y}",
        };

        (await bench.PutAsync("apis/petstore/operations/t", twin)).Detail.ShouldContain("already exists: GET, /pets");
        (await bench.PutAsync("apis/petstore/operations/t", undefined)).Target.ShouldBe("templateParameters");
        (await bench.PutAsync("apis/none/operations/t", twin)).Status.ShouldBe(404);
    }
}
