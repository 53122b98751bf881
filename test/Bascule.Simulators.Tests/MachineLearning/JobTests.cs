using System.Text.Json.Nodes;

namespace Bascule.Simulators.Tests.MachineLearning;

/// <summary>Jobs: what is taken, what is refused, and how one goes on.</summary>
public sealed class JobTests
{
    [Fact]
    public async Task ACommandIsSubmittedAndGoesOnAsTheTestSays()
    {
        await using var bench = await AmlBench.StartAsync();
        var code = await bench.CodeAsync();

        var made = await bench.PutAsync(
            "jobs/job-1",
            bench.Command(
                ("codeId", code),
                ("computeId", bench.Id("computes/cpu-cluster")),
                ("tags", new { a = "b" }),
                ("identity", new { identityType = "AMLToken" }),
                ("inputs", new { data = new { jobInputType = "uri_folder", uri = "azureml:churn:2" } }),
                ("outputs", new { model = new { jobOutputType = "mlflow_model" } }),
                ("limits", new { jobLimitsType = "Command", timeout = "PT1H30M" })
            )
        );
        bench.Simulator.Job("job-1").MoveTo("Running");
        var running = await bench.GetAsync("jobs/job-1");
        bench.Simulator.Job("job-1").Finish();

        made.Status.ShouldBe(201, made.Text);
        made.Property("status").ShouldBe("NotStarted");
        ((string?)made.Properties["services"]!["Studio"]!["endpoint"])!.ShouldContain("job-1");
        running.Property("status").ShouldBe("Running");
        (await bench.GetAsync("jobs/job-1")).Property("status").ShouldBe("Completed");
        (await bench.GetAsync("jobs/Job-1")).Status.ShouldBe(404);
        Should.Throw<ArgumentException>(() => bench.Simulator.Job("job-1").MoveTo("Done"));
    }

    [Fact]
    public async Task TheNameIsTheKey()
    {
        await using var bench = await AmlBench.StartAsync();
        await bench.SubmitAsync();
        bench.Simulator.Job("job-1").MoveTo("Running");

        var again = await bench.PutAsync("jobs/job-1", bench.Command(("command", "python other.py")));
        var broken = await bench.PutAsync("jobs/job-1", bench.Command(("command", "-")));

        (again.Status, again.Property("status"), again.Property("command")).ShouldBe(
            (200, "Running", "python train.py")
        );
        broken.Status.ShouldBe(400);
        bench.Simulator.Jobs.Count.ShouldBe(1);
    }

    public static TheoryData<string, object?, string> Wrong =>
        new()
        {
            { "codeId", "W/codes/tree/versions/none", "properties.codeId" },
            { "codeId", "tree:1", "properties.codeId" },
            { "environmentId", "W/environments/sklearn/versions/9", "properties.environmentId" },
            { "environmentId", "W/codes/sklearn/versions/1", "properties.environmentId" },
            { "environmentId", null, "properties.environmentId" },
            {
                "environmentId",
                "azureml://registries/azureml/environments/none/labels/latest",
                "properties.environmentId"
            },
            { "computeId", "W/computes/none", "properties.computeId" },
            { "computeId", "cpu-cluster", "properties.computeId" },
            { "command", null, "properties.command" },
            { "command", "", "properties.command" },
            { "command", 1, "properties.command" },
            { "jobType", "Other", "properties.jobType" },
            { "jobType", null, "properties.jobType" },
            { "status", "Completed", "properties.status" },
            { "dockerArgsList", new[] { "-v" }, "properties.dockerArgsList" },
            { "identity", new { identityType = "None" }, "properties.identity.identityType" },
            { "identity", new { identityType = "Managed", clientId = "x" }, "properties.identity.clientId" },
            { "resources", new { instanceCount = "1" }, "properties.resources.instanceCount" },
            { "resources", new { shmSize = "2" }, "properties.resources.shmSize" },
            { "limits", new { jobLimitsType = "Sweep" }, "properties.limits.jobLimitsType" },
            { "limits", new { jobLimitsType = "Command", timeout = "1h" }, "properties.limits.timeout" },
            {
                "inputs",
                new { d = new { jobInputType = "uri_folder", uri = "azureml:churn:9" } },
                "properties.inputs.d.uri"
            },
            {
                "inputs",
                new { d = new { jobInputType = "uri_folder", uri = "W/data/none/versions/1" } },
                "properties.inputs.d.uri"
            },
            { "inputs", new { d = new { jobInputType = "uri_folder" } }, "properties.inputs.d.uri" },
            { "inputs", new { d = new { jobInputType = "odd", uri = "x" } }, "properties.inputs.d.jobInputType" },
            {
                "outputs",
                new { d = new { jobOutputType = "uri_file", assetName = "m" } },
                "properties.outputs.d.assetName"
            },
            { "tags", new { a = 1 }, "properties.tags.a" },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task WhatIsWrongWithAJobIsSaid(string field, object? value, string target)
    {
        await using var bench = await AmlBench.StartAsync();
        var sent = JsonNode.Parse(
            System
                .Text.Json.JsonSerializer.Serialize(value)
                .Replace("\"W/", $"\"{bench.Id("")}", StringComparison.Ordinal)
        );

        var answer = await bench.PutAsync("jobs/job-1", bench.Command((field, sent)));

        (answer.Status, answer.Target()).ShouldBe((400, target), answer.Text);
        bench.Simulator.Jobs.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("azureml://registries/azureml/environments/sklearn-1.5/labels/latest")]
    [InlineData("azureml://registries/azureml/environments/sklearn-1.5/versions/1")]
    public async Task EnvironmentsOfTheRegistryAreKnown(string environment)
    {
        await using var bench = await AmlBench.StartAsync();

        (await bench.PutAsync("jobs/job-1", bench.Command(("environmentId", environment)))).Status.ShouldBe(201);
        (await bench.PutAsync("jobs/job-2", bench.Command(("environmentId", environment + "0")))).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("-a", 400)]
    [InlineData("a b", 400)]
    [InlineData("a_B-9", 201)]
    public async Task NamesHaveAForm(string name, int status)
    {
        await using var bench = await AmlBench.StartAsync();

        (await bench.PutAsync($"jobs/{Uri.EscapeDataString(name)}", bench.Command())).Status.ShouldBe(status);
        (await bench.PutAsync("jobs/" + new string('a', 256), bench.Command())).Status.ShouldBe(400);
    }

    [Fact]
    public async Task APipelineHasStepsThatNameComponents()
    {
        await using var bench = await AmlBench.StartAsync();
        var inputs = new { data = new { type = "uri_folder" } };
        var outputs = new { model = new { type = "mlflow_model" } };
        var specification = new
        {
            type = "command",
            inputs,
            outputs,
        };
        await bench.PutAsync("components/prep/versions/1", new { componentSpec = specification });
        var (id, absent) = (bench.Id("components/prep/versions/1"), bench.Id("components/prep/versions/2"));
        var literal = new { job_input_type = "literal", value = "1" };
        var lost = new { job_input_type = "literal", value = "${{parent.jobs.prep.outputs.none}}" };
        var good = Step(id, new { data = literal });

        (await PipelineAsync(new { prep = good })).Status.ShouldBe(201);
        (await PipelineAsync(new { prep = Step(absent, new { }) }))
            .Target()
            .ShouldBe("properties.jobs.prep.componentId");
        (await PipelineAsync(new { prep = Step(id, new { }) })).Target().ShouldBe("properties.jobs.prep.inputs.data");
        (await PipelineAsync(new { prep = Step(id, new { data = literal, more = literal }) }))
            .Target()
            .ShouldBe("properties.jobs.prep.inputs.more");
        (await PipelineAsync(new { prep = good, train = Step(id, new { data = lost }) }))
            .Target()
            .ShouldBe("properties.jobs.train.inputs.data");
        (
            await PipelineAsync(
                new
                {
                    prep = new
                    {
                        type = "command",
                        componentId = id,
                        odd = 1,
                    },
                }
            )
        ).Target().ShouldBe("properties.jobs.prep.odd");
        (await PipelineAsync(new { train = bench.Command() })).Status.ShouldBe(400);
        (await PipelineAsync(new { })).Target().ShouldBe("properties.jobs");
        (await PipelineAsync(new { prep = good }, compute: "none")).Target().ShouldBe("properties.jobs.prep.computeId");
        (await bench.PutAsync("jobs/s", new { jobType = "Sweep" })).Code.ShouldBe("NotSimulated");

        static object Step(string componentId, object given) =>
            new
            {
                type = "command",
                componentId,
                inputs = given,
            };
        Task<ApiManagement.ApimAnswer> PipelineAsync(object jobs, string compute = "serverless") =>
            bench.PutAsync(
                $"jobs/{Guid.NewGuid()}",
                new
                {
                    jobType = "Pipeline",
                    settings = new { default_compute = compute },
                    jobs,
                }
            );
    }

    [Fact]
    public async Task ACancelTakesAWhile()
    {
        await using var bench = await AmlBench.StartAsync(options => options with { CancelLooks = 2 });
        var job = await bench.SubmitAsync();
        job.AtLooks(j => j.MoveTo("Running"), j => j.Finish());

        var accepted = await bench.PostAsync("jobs/job-1/cancel");
        var location = new Uri(accepted.Headers["Location"]);

        (accepted.Status, accepted.Headers["Retry-After"]).ShouldBe((202, "10"));
        (await bench.GetAsync("jobs/job-1")).Property("status").ShouldBe("CancelRequested");
        (await bench.SendAsync("GET", location)).Status.ShouldBe(202);
        (await bench.PostAsync("jobs/job-1/cancel")).Status.ShouldBe(202);
        (await bench.SendAsync("GET", location)).Status.ShouldBe(200);
        job.Status.ShouldBe("Canceled");
        (await bench.PostAsync("jobs/job-1/cancel")).Status.ShouldBe(200);
        (await bench.PostAsync("jobs/none/cancel")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task WhatIsOverIsNotCancelled()
    {
        await using var bench = await AmlBench.StartAsync();
        var job = await bench.SubmitAsync();
        job.Finish(succeeded: false);

        (await bench.PostAsync("jobs/job-1/cancel")).Status.ShouldBe(200);

        (await bench.GetAsync("jobs/job-1")).Property("status").ShouldBe("Failed");
    }

    [Fact]
    public async Task AJobMovesWhenItIsLookedAt()
    {
        await using var bench = await AmlBench.StartAsync();
        bench.Simulator.OnSubmitted = job =>
            job.AtLooks(j => j.MoveTo("NotResponding"), j => j.MoveTo("Running"), j => j.Finish());
        await bench.SubmitAsync();

        var seen = new List<string?>();
        for (var i = 0; i < 4; i++)
            seen.Add((await bench.GetAsync("jobs/job-1")).Property("status"));

        seen.ShouldBe(["NotResponding", "Running", "Completed", "Completed"]);
    }

    [Fact]
    public async Task JobsAreListedAndFiltered()
    {
        await using var bench = await AmlBench.StartAsync(options => options with { PageSize = 2 });
        await bench.SubmitAsync("a", ("tags", new { t = "1" }), ("properties", new { p = "1", q = "2" }));
        await bench.SubmitAsync("b", ("properties", new { p = "2" }));
        await bench.SubmitAsync("c");

        var first = await bench.GetAsync("jobs");
        var second = await bench.SendAsync("GET", new Uri((string)first.Json["nextLink"]!));

        (first.Names.Concat(second.Names)).ShouldBe(["c", "b", "a"]);
        second.Json.ContainsKey("nextLink").ShouldBeFalse();
        (await bench.GetAsync("jobs", "&tag=t")).Names.ShouldBe(["a"]);
        (await bench.GetAsync("jobs", "&properties=p=2")).Names.ShouldBe(["b"]);
        (await bench.GetAsync("jobs", "&properties=p,q=2")).Names.ShouldBe(["a"]);
        (await bench.GetAsync("jobs", "&jobType=Pipeline")).Names.ShouldBeEmpty();
        (await bench.GetAsync("jobs", "&$skip=2")).Status.ShouldBe(400);
        (await bench.GetAsync("jobs", "&odd=2")).Code.ShouldBe("NotSimulated");
    }

    [Fact]
    public async Task AnAdministratorRemovesAJob()
    {
        await using var bench = await AmlBench.StartAsync();
        (await bench.SubmitAsync()).Delete();

        (await bench.GetAsync("jobs/job-1")).Status.ShouldBe(404);
        (await bench.RegionAsync("GET", "runs/get?run_id=job-1")).Status.ShouldBe(404);
        (await bench.SendAsync("DELETE", "jobs/job-1")).Code.ShouldBe("NotSimulated");
    }
}
