using System.Net;
using System.Text.Json;
using Bascule.Core.People;
using Bascule.Core.Runs;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Routing;
using HttpMethod = System.Net.Http.HttpMethod;

namespace Bascule.Server.Tests.Access;

/// <summary>Whoever may not see a thing is answered as if it did not exist: for each route with an id, as the routes themselves tell.</summary>
public sealed class HiddenThingsTests(AccessStage stage) : IClassFixture<AccessStage>
{
    [Fact]
    [Trait("Threat", "T59")]
    public async Task EveryRouteWithAnIdHidesWhatIsAnotherRepositorys()
    {
        List<string> checkedRoutes = [];
        foreach (var route in RoutesWithAnId())
        {
            var act = route.Metadata.GetMetadata<AsksFor>()!;
            if (act.About!.Reading == Act.ReadPeople)
                continue; // people are of no repository: a limited role does not reach the route at all
            var actor = await LimitedAsync(act.Act, act.About.Reading);
            foreach (var (hidden, unknown) in Ids(act.About.Reading))
            {
                var (there, missing) = (await AskAsync(route, hidden, actor), await AskAsync(route, unknown, actor));
                there.ShouldBe(missing, $"{route.DisplayName} with {hidden}");
                there.Status.ShouldBe(HttpStatusCode.NotFound);
            }
            checkedRoutes.Add(route.DisplayName!);
        }
        checkedRoutes.Count.ShouldBeGreaterThanOrEqualTo(6);
    }

    [Fact]
    [Trait("Threat", "T59")]
    public async Task TheSameRoutesAnswerToWhoMaySeeIt()
    {
        foreach (
            var route in RoutesWithAnId()
                .Where(route => route.RoutePattern.RawText!.EndsWith("{id}", StringComparison.Ordinal))
        )
        {
            var asks = route.Metadata.GetMetadata<AsksFor>()!;
            if (asks.About!.Reading == Act.ReadPeople)
                continue;
            var auditor = await stage.PersonAsync("auditors");
            foreach (var (known, _) in Ids(asks.About.Reading))
                (await AskAsync(route, known, auditor)).Status.ShouldBe(HttpStatusCode.OK, route.DisplayName);
        }
    }

    [Theory]
    [InlineData("/api/v1/runs", "runs")]
    [InlineData("/api/v1/deliveries", "deliveries")]
    [InlineData("/api/v1/quarantined", "quarantined")]
    [Trait("Threat", "T59")]
    public async Task ListsLeaveOutWhatIsAnotherRepositorys(string path, string list)
    {
        var (limited, all) = (await stage.PersonAsync("other-auditors"), await stage.PersonAsync("auditors"));

        var seen = await ReadAsync(path, limited);

        seen.ShouldNotContain("ml/churn");
        seen.ShouldNotContain(stage.DeliveryUid);
        JsonDocument
            .Parse(await ReadAsync(path, all))
            .RootElement.GetProperty(list)
            .GetArrayLength()
            .ShouldBeGreaterThan(JsonDocument.Parse(seen).RootElement.GetProperty(list).GetArrayLength());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/deliveries")]
    [Trait("Threat", "T59")]
    public async Task PagesLeaveItOutAsWell(string path)
    {
        var page = await ReadAsync(path, await stage.PersonAsync("other-auditors"));

        page.ShouldContain("ml/other");
        page.ShouldNotContain("ml/churn");
    }

    [Fact]
    [Trait("Threat", "T59")]
    public async Task ARepositoryOutOfSightIsNotKnownToTheFilterOfAList()
    {
        var limited = await stage.PersonAsync("other-viewers");

        using var hidden = await stage.AskAsync(HttpMethod.Get, "/api/v1/runs?repository=ml/churn", limited);
        using var unknown = await stage.AskAsync(HttpMethod.Get, "/api/v1/runs?repository=ml/nope!", limited);

        hidden.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await hidden.Content.ReadAsStringAsync())
            .Replace("ml/churn", "ml/nope!", StringComparison.Ordinal)
            .ShouldBe(await unknown.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/api/v1/trace?of=")]
    [InlineData("/lineage?of=")]
    [Trait("Threat", "T59")]
    public async Task ATraceTellsNothingOfAnotherRepository(string path)
    {
        var (limited, all) = (await stage.PersonAsync("other-viewers"), await stage.PersonAsync("viewers"));
        foreach (
            var (hidden, unknown) in new[] { (stage.Run.Id.Text, RunId.New().Text), (stage.Traced, "main.no.model@1") }
        )
        {
            var (there, missing) = (await TraceAsync(path, hidden, limited), await TraceAsync(path, unknown, limited));
            there.ShouldBe(missing);
            there.Status.ShouldBe(HttpStatusCode.NotFound);
            (await TraceAsync(path, hidden, all)).Status.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    [Trait("Threat", "T59")]
    public async Task WhatRunsWhereLeavesOutAnotherRepository()
    {
        (await ReadAsync("/environments", await stage.PersonAsync("viewers"))).ShouldContain("ml/churn");
        (await ReadAsync("/environments", await stage.PersonAsync("other-viewers"))).ShouldNotContain("ml/churn");
    }

    [Fact]
    public async Task WhoMaySeeItAndNoMoreIsToldSo()
    {
        var viewer = await stage.PersonAsync("viewers", "other-operators");

        using var refused = await stage.AskAsync(HttpMethod.Post, $"/api/v1/runs/{stage.Run.Id}/cancel", viewer);

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("in some places only");
    }

    private IEnumerable<RouteEndpoint> RoutesWithAnId() =>
        stage.Routes.Where(route => route.Metadata.GetMetadata<AsksFor>()?.About is not null);

    /// <summary>Somebody whose role allows the act, for another repository only.</summary>
    private async Task<Actor> LimitedAsync(Act act, Act reading) =>
        await stage.PersonAsync(
            $"other-{RoleTable.Allowing(act)[0]}s".ToLowerInvariant(),
            $"other-{RoleTable.Allowing(reading)[0]}s".ToLowerInvariant()
        );

    private IEnumerable<(string Known, string Unknown)> Ids(Act reading) =>
        reading == Act.ReadRuns
            ? [(stage.Run.Id.Text, RunId.New().Text)]
            : [(stage.DeliveryUid, "d-nothin"), (stage.SetAside, "987654321")];

    private async Task<(HttpStatusCode Status, string Body, string Headers)> AskAsync(
        RouteEndpoint route,
        string id,
        Actor actor
    )
    {
        var method = route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0];
        var path = route.RoutePattern.RawText!.Replace("{id}", id, StringComparison.Ordinal);
        using var answer = await stage.AskAsync(HttpMethod.Parse(method), path, actor);
        // Quotes as they are: an id of one digit also stands in their escape.
        var body = (await answer.Content.ReadAsStringAsync())
            .Replace("\\u0027", "'", StringComparison.Ordinal)
            .Replace(id, "ID", StringComparison.Ordinal);
        var headers = answer.Headers.Concat(answer.Content.Headers).Select(header => header.Key);
        return (answer.StatusCode, body, string.Join(' ', headers.Order(StringComparer.Ordinal)));
    }

    private async Task<(HttpStatusCode Status, string Body)> TraceAsync(string path, string of, Actor actor)
    {
        using var answer = await stage.AskAsync(HttpMethod.Get, path + Uri.EscapeDataString(of), actor);
        var body = (await answer.Content.ReadAsStringAsync())
            .Replace(of, "ID", StringComparison.Ordinal)
            .Replace(Uri.EscapeDataString(of), "ID", StringComparison.Ordinal);
        return (answer.StatusCode, body);
    }

    private async Task<string> ReadAsync(string path, Actor actor)
    {
        using var answer = await stage.AskAsync(HttpMethod.Get, path, actor);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync();
    }
}
