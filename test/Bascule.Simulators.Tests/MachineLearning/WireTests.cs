using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Databricks;

namespace Bascule.Simulators.Tests.MachineLearning;

/// <summary>Roles, throttling, and what goes wrong.</summary>
public sealed class WireTests
{
    [Fact]
    public async Task AReaderWritesNothing()
    {
        await using var bench = await AmlBench.StartAsync();
        await bench.SubmitAsync();
        bench.Simulator.Assign(bench.Simulator.Application, ArmRole.Read);

        (await bench.GetAsync("jobs/job-1")).Status.ShouldBe(200);
        var refused = await bench.PutAsync("jobs/job-2", bench.Command());
        (refused.Status, refused.Code).ShouldBe((403, "AuthorizationFailed"));
        refused.Message.ShouldContain("Microsoft.MachineLearningServices/workspaces/jobs/write");
        (await bench.PostAsync("jobs/job-1/cancel")).Message.ShouldContain("jobs/cancel/action");
        (await bench.PostAsync("codes/a/versions/1/startPendingUpload", new { })).Status.ShouldBe(403);
        bench.Simulator.Assign(bench.Simulator.Application, ArmRole.DataScientist);
        (await bench.PutAsync("jobs/job-2", bench.Command())).Status.ShouldBe(201);
    }

    [Fact]
    public async Task ADataScientistMakesNoCompute()
    {
        await using var bench = await AmlBench.StartAsync();

        var refused = await bench.PutAsync("computes/big", new { computeType = "AmlCompute" });
        bench.Simulator.Assign(bench.Simulator.Application, ArmRole.DataScientist | ArmRole.Compute);
        var allowed = await bench.PutAsync("computes/big", new { computeType = "AmlCompute" });

        (refused.Status, refused.Code).ShouldBe((403, "AuthorizationFailed"));
        (allowed.Status, allowed.Code).ShouldBe((501, "NotSimulated"));
    }

    [Fact]
    public async Task OperationsAreFollowedByWhoeverMayReadInTheResourceGroup()
    {
        await using var bench = await AmlBench.StartAsync();
        await bench.SubmitAsync();
        bench.Simulator.Assign(bench.Simulator.Application, ArmRole.DataScientist);

        var accepted = await bench.PostAsync("jobs/job-1/cancel");
        var location = new Uri(accepted.Headers["Location"]);

        accepted.Status.ShouldBe(202);
        (await bench.SendAsync("GET", location)).Code.ShouldBe("AuthorizationFailed");
        (await bench.GetAsync("jobs/job-1")).Status.ShouldBe(200);
        bench.Simulator.Assign(bench.Simulator.Application, ArmRole.DataScientist | ArmRole.Poll);
        (await bench.SendAsync("GET", location)).Status.ShouldBeOneOf(200, 202);
        (await bench.SendAsync("GET", new Uri(location.AbsoluteUri.Replace("jc:job-1", "jc:none")))).Status.ShouldBe(
            404
        );
    }

    [Fact]
    public async Task TheAddressIsCheckedInEveryPart()
    {
        await using var bench = await AmlBench.StartAsync();
        var workspace = bench.Simulator.WorkspacePath;

        (await bench.SendAsync("GET", "jobs", version: "")).Code.ShouldBe("MissingApiVersionParameter");
        (await bench.SendAsync("GET", "jobs", version: "api-version=2025-12-01")).Code.ShouldBe(
            "NoRegisteredProviderFound"
        );
        (await bench.GetAsync(workspace.Replace("rg-ml", "other"))).Code.ShouldBe("ResourceGroupNotFound");
        (await bench.GetAsync(workspace + "x")).Code.ShouldBe("ResourceNotFound");
        (await bench.GetAsync(workspace.Replace("/workspaces/", "/service/"))).Code.ShouldBe("ResourceNotFound");
        (await bench.GetAsync(workspace.ToUpperInvariant())).Status.ShouldBe(200);
        bench.Token = null;
        (await bench.GetAsync("")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task WhoeverAsksTooOftenWaits()
    {
        await using var bench = await AmlBench.StartAsync(options =>
            options with
            {
                Throttling = new ArmThrottling(Reads: 2, ReadsPerSecond: 1, Writes: 1, WritesPerSecond: 1),
            }
        );

        var first = await bench.GetAsync("jobs");
        await bench.GetAsync("jobs");
        var refused = await bench.GetAsync("jobs");
        (await bench.PutAsync("models/a", new { })).Status.ShouldBe(201);
        (await bench.PostAsync("jobs/none/cancel")).Status.ShouldBe(429);
        bench.Clock.Advance(1);

        first.Headers["x-ms-ratelimit-remaining-subscription-reads"].ShouldBe("1");
        (refused.Status, refused.Headers["Retry-After"]).ShouldBe((429, "1"));
        (await bench.GetAsync("jobs")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData(WriteFailure.Conflict, 409, false)]
    [InlineData(WriteFailure.TooMany, 429, false)]
    [InlineData(WriteFailure.Internal, 500, false)]
    [InlineData(WriteFailure.InternalAfter, 500, true)]
    [InlineData(WriteFailure.Unavailable, 503, false)]
    public async Task TheNthWriteFails(WriteFailure failure, int status, bool happens)
    {
        await using var bench = await AmlBench.StartAsync();
        bench.Simulator.FailWrite(2, failure);

        (await bench.PutAsync("jobs/a", bench.Command())).Status.ShouldBe(201);
        bench.Simulator.HasFaults.ShouldBeTrue();
        (await bench.PutAsync("jobs/b", bench.Command())).Status.ShouldBe(status);
        (await bench.PutAsync("jobs/c", bench.Command())).Status.ShouldBe(201);

        bench.Simulator.Jobs.Any(job => job.Name == "b").ShouldBe(happens);
        (bench.Simulator.WriteCount, bench.Simulator.HasFaults).ShouldBe((3, false));
        bench.Simulator.Writes["jobs"].ShouldBe(happens ? 3 : 2);
    }

    [Theory]
    [InlineData(WriteFailure.LostBefore, false)]
    [InlineData(WriteFailure.LostAfter, true)]
    public async Task TheAnswerOfASubmissionIsLost(WriteFailure failure, bool happens)
    {
        await using var bench = await AmlBench.StartAsync();
        bench.Simulator.FailWrite(1, failure);

        await Should.ThrowAsync<HttpRequestException>(() => bench.PutAsync("jobs/a", bench.Command()));

        (await bench.PutAsync("jobs/a", bench.Command())).Status.ShouldBe(happens ? 200 : 201);
        bench.Simulator.Jobs.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(WriteFailure.Conflict, 409, "BlobAlreadyExists")]
    [InlineData(WriteFailure.PreconditionFailed, 412, "ConditionNotMet")]
    [InlineData(WriteFailure.Unavailable, 503, "ServerBusy")]
    [InlineData(WriteFailure.Internal, 500, "InternalError")]
    [InlineData(WriteFailure.InternalAfter, 500, "InternalError")]
    [InlineData(WriteFailure.LostBefore, 0, null)]
    [InlineData(WriteFailure.LostAfter, 0, null)]
    public async Task BlobsAreCountedAmongTheWrites(WriteFailure failure, int status, string? code)
    {
        await using var bench = await AmlBench.StartAsync();
        bench.Simulator.FailWrite(2, failure);
        var address = (await bench.BeginAsync()).Blob("a");

        if (status == 0)
            await Should.ThrowAsync<HttpRequestException>(() => bench.BlobAsync("PUT", address, "a"));
        else
        {
            var failed = await bench.BlobAsync("PUT", address, "a");
            (failed.Status, failed.Headers["x-ms-error-code"]).ShouldBe((status, code));
        }

        var happened = failure is WriteFailure.LostAfter or WriteFailure.InternalAfter;
        var again = await bench.BlobAsync("PUT", address, "a", ("If-None-Match", "*"));
        again.Status.ShouldBe(happened ? 409 : 201);
    }

    [Fact]
    public async Task FaultsHitEveryEndpoint()
    {
        await using var bench = await AmlBench.StartAsync();
        await bench.SubmitAsync();
        var address = (await bench.BeginAsync()).Blob("a");
        bench.Simulator.Inject(Fault.Answer("GET", "/jobs$", 502, "<html>"));
        bench.Simulator.Inject(Fault.Answer("GET", "/runs/get$", 503, ""));
        bench.Simulator.Inject(Fault.Answer("PUT", "/a$", 503, ""));

        (await bench.GetAsync("jobs")).Status.ShouldBe(502);
        (await bench.RegionAsync("GET", "runs/get?run_id=job-1")).Status.ShouldBe(503);
        (await bench.BlobAsync("PUT", address, "a")).Status.ShouldBe(503);
        bench.Simulator.HasFaults.ShouldBeFalse();
        bench.Simulator.Inject(Fault.Answer("GET", "/jobs$", 502, ""));
        bench.Simulator.FailWrite(1, WriteFailure.Internal);
        bench.Simulator.ClearFaults();
        (await bench.GetAsync("jobs")).Status.ShouldBe(200);
        (await bench.PutAsync("jobs/b", bench.Command())).Status.ShouldBe(201);
    }

    [Fact]
    public async Task TwoSubmissionsOfOneNameAtOnceAreAConflict()
    {
        await using var bench = await AmlBench.StartAsync();
        var (came, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        bench.Simulator.OnRequest = (_, path) =>
        {
            came.TrySetResult();
            return path == "jobs/a" ? goOn.Task : Task.CompletedTask;
        };

        var first = bench.PutAsync("jobs/a", bench.Command());
        await came.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var second = await bench.PutAsync("jobs/a", bench.Command());
        var other = await bench.PutAsync("jobs/b", bench.Command());
        goOn.SetResult();

        (second.Status, other.Status, (await first).Status).ShouldBe((409, 201, 201));
        (await bench.PutAsync("jobs/a", bench.Command())).Status.ShouldBe(200);
    }

    [Fact]
    public async Task ItGoesAwayAndComesBack()
    {
        await using var bench = await AmlBench.StartAsync();
        await bench.SubmitAsync();
        bench.Simulator.GoOffline();
        await Should.ThrowAsync<HttpRequestException>(() => bench.GetAsync(""));
        await Should.ThrowAsync<HttpRequestException>(() => bench.RegionAsync("GET", "runs/get?run_id=job-1"));

        bench.Simulator.Resume();

        (await bench.GetAsync("")).Status.ShouldBe(200);
        (await bench.RegionAsync("GET", "runs/get?run_id=job-1")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task WhatNobodyMaySayIsKnown()
    {
        await using var bench = await AmlBench.StartAsync();
        var upload = await bench.BeginAsync();

        bench.Simulator.Issued.ShouldContain(bench.Token!);
        bench.Simulator.Issued.ShouldContain(Uri.UnescapeDataString(upload.SasUri.Split("sig=")[1]));
        bench.Simulator.Exchanges.ShouldAllBe(exchange => !exchange.Body.Contains(bench.Token!));
    }
}
