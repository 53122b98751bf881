using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Databricks;

namespace Bascule.Simulators.Tests.ApiManagement;

/// <summary>What Azure Resource Manager does around every resource: versions of the API, long operations, throttling, and what goes wrong.</summary>
public sealed class WireTests
{
    private static readonly object Product = new { displayName = "p" };

    [Fact]
    public async Task TheAddressIsCheckedInEveryPart()
    {
        await using var bench = await ApimBench.StartAsync();
        var service = bench.Simulator.ServicePath;

        (await bench.SendAsync("GET", "apis", version: "")).Code.ShouldBe("MissingApiVersionParameter");
        (await bench.SendAsync("GET", "apis", version: "api-version=2022-08-01")).Code.ShouldBe(
            "NoRegisteredProviderFound"
        );
        (
            await bench.GetAsync(
                service.Replace(bench.Simulator.SubscriptionId, Guid.Empty.ToString(), StringComparison.Ordinal)
            )
        ).Code.ShouldBe("SubscriptionNotFound");
        (await bench.GetAsync(service.Replace("rg-apis", "other", StringComparison.Ordinal))).Code.ShouldBe(
            "ResourceGroupNotFound"
        );
        (await bench.GetAsync(service + "x")).Code.ShouldBe("ResourceNotFound");
        (await bench.GetAsync("/elsewhere")).Status.ShouldBe(404);
        (await bench.GetAsync(service.ToUpperInvariant())).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData(false, 201)]
    [InlineData(true, 202)]
    public async Task WhatTakesLongIsDoneWhenItSaysSo(bool answersAccepted, int status)
    {
        await using var bench = await ApimBench.StartAsync(options =>
            options with
            {
                AnswersAccepted = answersAccepted,
                OperationPolls = 2,
            }
        );
        var body = new { properties = new { displayName = "a", path = "a" } };

        var first = await bench.SendAsync("PUT", "apis/a", body);
        var state = new Uri(first.Headers["Azure-AsyncOperation"]);

        first.Status.ShouldBe(status);
        (await bench.GetAsync("apis/a")).Status.ShouldBe(404);
        ((string)(await bench.SendAsync("GET", state)).Json["status"]!).ShouldBe("InProgress");
        (await bench.SendAsync("GET", new Uri(first.Headers["Location"]))).Status.ShouldBe(202);
        (await bench.PolicyAsync("apis/a", "")).Code.ShouldBe("PessimisticConcurrencyConflict");
        (await bench.SendAsync("DELETE", "apis/a", null, "*")).Status.ShouldBe(409);
        ((string)(await bench.SendAsync("GET", state)).Json["status"]!).ShouldBe("Succeeded");
        (await bench.GetAsync("apis/a")).ETag.ShouldBe((await bench.EndAsync(first)).ETag);
    }

    [Fact]
    public async Task WhatIsWrongWithALongOperationIsToldAtItsEnd()
    {
        await using var bench = await ApimBench.StartAsync();
        bench.Simulator.Portal.Put("namedValues/a", """{"properties":{"displayName":"a","value":"1"}}""");

        var first = await bench.SendAsync("PUT", "namedValues/b", """{"properties":{"displayName":"a","value":"1"}}""");
        await bench.EndAsync(first);
        var state = await bench.SendAsync("GET", new Uri(first.Headers["Azure-AsyncOperation"]));

        first.Status.ShouldBe(201);
        (((string)state.Json["status"]!), ((string)state.Json["error"]!["code"]!)).ShouldBe(
            ("Failed", "ValidationError")
        );
        (await bench.GetAsync("namedValues/b")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task ALongOperationEndsThoughNobodyAsks()
    {
        await using var bench = await ApimBench.StartAsync();
        await bench.SendAsync("PUT", "apis/a", new { properties = new { displayName = "a", path = "a" } });
        (await bench.PolicyAsync("apis/a", "")).Status.ShouldBeOneOf(404, 409);

        bench.Clock.Advance(3);

        (await bench.PolicyAsync("apis/a", "")).Status.ShouldBe(201);
    }

    [Fact]
    public async Task TwoWritesAtOnceToOneApiAreAConflict()
    {
        await using var bench = await ApimBench.StartAsync();
        bench.Simulator.Portal.Put("apis/a", """{"properties":{"displayName":"a","path":"a"}}""");
        bench.Simulator.Portal.Put("apis/b", """{"properties":{"displayName":"b","path":"b"}}""");
        var (came, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        bench.Simulator.OnRequest = (_, path) =>
        {
            came.TrySetResult();
            return path.StartsWith("apis/a/", StringComparison.Ordinal) ? goOn.Task : Task.CompletedTask;
        };

        var first = bench.PolicyAsync("apis/a", "");
        await came.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var second = await bench.PolicyAsync("apis/A;rev=1", "");
        var other = await bench.PolicyAsync("apis/b", "");
        goOn.SetResult();

        (second.Status, second.Code).ShouldBe((409, "PessimisticConcurrencyConflict"));
        other.Status.ShouldBe(201);
        (await first).Status.ShouldBe(201);
        (await bench.PolicyAsync("apis/a", "", "*")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData(WriteFailure.Conflict, 409, "PessimisticConcurrencyConflict", false)]
    [InlineData(WriteFailure.PreconditionFailed, 412, "PreconditionFailed", false)]
    [InlineData(WriteFailure.TooMany, 429, "TooManyRequests", false)]
    [InlineData(WriteFailure.Internal, 500, "InternalServerError", false)]
    [InlineData(WriteFailure.InternalAfter, 500, "InternalServerError", true)]
    [InlineData(WriteFailure.Unavailable, 503, "ServiceUnavailable", false)]
    public async Task TheNthWriteFails(WriteFailure failure, int status, string code, bool happens)
    {
        await using var bench = await ApimBench.StartAsync();
        bench.Simulator.FailWrite(2, failure);

        (await bench.PutAsync("products/a", Product)).Status.ShouldBe(201);
        var failed = await bench.PutAsync("products/b", Product);
        (await bench.PutAsync("products/c", Product)).Status.ShouldBe(201);

        (failed.Status, failed.Code).ShouldBe((status, code));
        failed.Headers.ContainsKey("Retry-After").ShouldBe(status == 429);
        bench.Simulator.State.ContainsKey("products/b").ShouldBe(happens);
        bench.Simulator.WriteCount.ShouldBe(3);
    }

    [Theory]
    [InlineData(WriteFailure.LostBefore, false)]
    [InlineData(WriteFailure.LostAfter, true)]
    public async Task TheAnswerOfAWriteIsLost(WriteFailure failure, bool happens)
    {
        await using var bench = await ApimBench.StartAsync();
        bench.Simulator.FailWrite(1, failure);

        await Should.ThrowAsync<HttpRequestException>(() => bench.PutAsync("products/a", Product));

        bench.Simulator.State.ContainsKey("products/a").ShouldBe(happens);
        (await bench.PutAsync("products/a", Product)).Status.ShouldBe(happens ? 412 : 201);
    }

    [Fact]
    public async Task FaultsHitWhatTheyName()
    {
        await using var bench = await ApimBench.StartAsync();
        bench.Simulator.Inject(Fault.Answer("GET", "/products$", 502, "<html>"));

        (await bench.GetAsync("products")).Status.ShouldBe(502);
        (await bench.GetAsync("products")).Status.ShouldBe(200);
        bench.Simulator.Inject(Fault.Answer("GET", "/products$", 502, ""));
        bench.Simulator.FailWrite(1, WriteFailure.Internal);
        bench.Simulator.ClearFaults();
        (await bench.GetAsync("products")).Status.ShouldBe(200);
        (await bench.PutAsync("products/a", Product)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task WhoeverAsksTooOftenWaits()
    {
        await using var bench = await ApimBench.StartAsync(options =>
            options with
            {
                Throttling = new ArmThrottling(Reads: 2, ReadsPerSecond: 1, Writes: 1, WritesPerSecond: 1, Deletes: 1),
            }
        );

        var first = await bench.GetAsync("products");
        await bench.GetAsync("products");
        var refused = await bench.GetAsync("products");
        (await bench.PutAsync("products/a", Product)).Status.ShouldBe(201);
        (await bench.PutAsync("products/b", Product)).Status.ShouldBe(429);
        (await bench.DeleteAsync("products/a")).Status.ShouldBe(200);
        bench.Clock.Advance(1);

        first.Headers["x-ms-ratelimit-remaining-subscription-reads"].ShouldBe("1");
        (refused.Status, refused.Headers["Retry-After"]).ShouldBe((429, "1"));
        (await bench.GetAsync("products")).Status.ShouldBe(200);
        (await bench.GetAsync("products")).Status.ShouldBe(429);
    }

    [Fact]
    public async Task CallsAreCountedAndTheirTimeIsAddedUp()
    {
        await using var bench = await ApimBench.StartAsync(options =>
            options with
            {
                Latency = TimeSpan.FromMilliseconds(20),
            }
        );

        await bench.GetAsync("products");
        await bench.PutAsync("products/a", Product);
        await bench.GetAsync("products/a");

        bench.Simulator.SimulatedTime.ShouldBe(TimeSpan.FromMilliseconds(60));
        bench.Simulator.Reads["products"].ShouldBe(2);
        bench.Simulator.Writes["products"].ShouldBe(1);
        bench.Simulator.Exchanges.Count.ShouldBe(3);
    }

    [Fact]
    public async Task RequestsAreNamed()
    {
        await using var bench = await ApimBench.StartAsync();
        bench.Client.DefaultRequestHeaders.Add("x-ms-correlation-request-id", "mine");

        var answer = await bench.GetAsync("products");
        bench.Client.DefaultRequestHeaders.Add("If-None-Match", "*");

        answer.Headers["x-ms-correlation-request-id"].ShouldBe("mine");
        Guid.TryParse(answer.Headers["x-ms-request-id"], out _).ShouldBeTrue();
        bench.Simulator.Exchanges.Single().CorrelationId.ShouldBe("mine");
        (await bench.PutAsync("products/a", Product)).Status.ShouldBe(501);
    }

    [Fact]
    public async Task ItGoesAwayAndComesBack()
    {
        await using var bench = await ApimBench.StartAsync();
        bench.Simulator.GoOffline();
        await Should.ThrowAsync<HttpRequestException>(() => bench.GetAsync(""));

        bench.Simulator.Resume();

        (await bench.GetAsync("")).Status.ShouldBe(200);
    }
}
