using System.Net;
using Bascule.Core.Runs;
using Bascule.Testing.Runs;
using Microsoft.Extensions.DependencyInjection;
using static Bascule.Testing.Runs.RunBuilder;

namespace Bascule.Server.Tests.Console;

/// <summary>What people see when the machinery behind a page is broken.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData("/runs/", "text/html")]
    [InlineData("/api/v1/runs/", "application/problem+json")]
    [Trait("Threat", "T153")]
    public async Task TellNothingButWhereToLook(string path, string type)
    {
        await using var server = await LocalServer.StartAsync(services =>
            services.AddSingleton<IMetricGoals, BrokenGoals>()
        );
        var run = server.Runs.Add(ARun());
        server.Runs.SetMetrics(run.Id, new Metric("rmse", 1));
        using var http = new HttpClient { BaseAddress = server.Local };
        http.DefaultRequestHeaders.Authorization = new("Bearer", server.Token.Reveal());

        using var answer = await http.GetAsync(path + run.Id);

        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        body.ShouldContain("log");
        body.ShouldNotContain("db.internal");
    }

    private sealed class BrokenGoals : IMetricGoals
    {
        public Task<IReadOnlyDictionary<string, MetricRule>> ReadAsync(Run run, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("no answer from db.internal");
    }
}
