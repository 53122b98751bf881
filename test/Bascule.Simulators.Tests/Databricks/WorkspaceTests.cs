using System.Net;
using System.Text;

namespace Bascule.Simulators.Tests.Databricks;

public sealed class WorkspaceTests : IAsyncLifetime
{
    private const string Notebook = "# Databricks notebook source\nprint(1)\n";
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task KeepsAFileUnderBothNamesOfItsDirectory()
    {
        (await _bench.ImportAsync("/Workspace/Shared/a.py", "print(1)")).Status.ShouldBe(HttpStatusCode.OK);

        var status = (await _bench.GetAsync("/api/2.0/workspace/get-status?path=/Shared/a.py")).Json;
        (status["object_type"]!.ToString(), status["size"]!.GetValue<long>()).ShouldBe(("FILE", 8));
        Encoding.UTF8.GetString(_bench.Simulator.FilesUnder("/Workspace/Shared")["/Shared/a.py"]).ShouldBe("print(1)");
    }

    [Fact]
    public async Task MakesANotebookOfAMarkedFileAndDropsItsExtension()
    {
        await _bench.ImportAsync("/Shared/nb.py", Notebook);

        var listed = (await _bench.GetAsync("/api/2.0/workspace/list?path=/Shared")).Json["objects"]!.AsArray();
        var only = listed.ShouldHaveSingleItem()!;
        (only["path"]!.ToString(), only["object_type"]!.ToString(), only["language"]!.ToString()).ShouldBe(
            ("/Shared/nb", "NOTEBOOK", "PYTHON")
        );
    }

    [Theory]
    [InlineData("JUPYTER", "/Shared/nb")]
    [InlineData("AUTO", "/Shared/nb.ipynb")]
    public async Task KeepsTheSourceOfAJupyterNotebook(string format, string path)
    {
        const string notebook = """
            {"nbformat": 4, "metadata": {}, "cells": [
              {"cell_type": "markdown", "source": ["# Title\n", "text"]},
              {"cell_type": "code", "source": "x = 1", "outputs": [{"text": "hunter2"}]}]}
            """;

        (await ImportAsync(path, format, notebook)).Status.ShouldBe(HttpStatusCode.OK);

        var (kept, content) = _bench.Simulator.FilesUnder("/Shared").ShouldHaveSingleItem();
        kept.ShouldBe("/Shared/nb");
        Encoding
            .UTF8.GetString(content)
            .ShouldBe(
                "# Databricks notebook source\n# MAGIC %md\n# MAGIC # Title\n# MAGIC text\n\n# COMMAND ----------\n\nx = 1\n"
            );
    }

    [Theory]
    [InlineData("JUPYTER", "print(1)")]
    [InlineData("JUPYTER", """{"nbformat": 3, "worksheets": []}""")]
    [InlineData("JUPYTER", """{"nbformat": 4, "cells": [{"cell_type": "code", "source": 1}]}""")]
    [InlineData("SOURCE", "print(1)")]
    [InlineData("DBC", "print(1)")]
    public async Task RefusesWhatIsNoNotebook(string format, string content) =>
        (await ImportAsync("/Shared/nb", format, content)).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_PARAMETER_VALUE",
            "SOURCE"
        );

    [Fact]
    public async Task OverwritesOnlyWhenAskedAndOnlyTheSameKind()
    {
        await _bench.ImportAsync("/Shared/a.txt", "1");

        (await _bench.ImportAsync("/Shared/a.txt", "2")).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "RESOURCE_ALREADY_EXISTS",
            "a.txt"
        );
        (await _bench.ImportAsync("/Shared/a.txt", "2", overwrite: true)).Status.ShouldBe(HttpStatusCode.OK);
        (await _bench.ImportAsync("/Shared/n.py", Notebook)).Status.ShouldBe(HttpStatusCode.OK);
        (await _bench.ImportAsync("/Shared/n", "text", overwrite: true)).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_PARAMETER_VALUE",
            "type mismatch"
        );
    }

    [Fact]
    public async Task NeedsTheParentDirectory()
    {
        (await _bench.ImportAsync("/Shared/deep/a.py", "")).ShouldBeRefused(
            HttpStatusCode.NotFound,
            "RESOURCE_DOES_NOT_EXIST",
            "/Shared/deep"
        );

        (await _bench.PostAsync("/api/2.0/workspace/mkdirs", new { path = "/Shared/deep/er" })).Status.ShouldBe(
            HttpStatusCode.OK
        );

        (await _bench.ImportAsync("/Shared/deep/a.py", "")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task RefusesMoreThanTenMebibytesOfBase64()
    {
        const int most = 10 * 1024 * 1024;
        var fits = new
        {
            path = "/Shared/a",
            format = "RAW",
            content = new string('A', most),
        };
        var tooMuch = new
        {
            path = "/Shared/b",
            format = "RAW",
            content = new string('A', most + 4),
        };

        (await _bench.PostAsync("/api/2.0/workspace/import", fits)).Status.ShouldBe(HttpStatusCode.OK);
        (await _bench.PostAsync("/api/2.0/workspace/import", tooMuch)).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "MAX_NOTEBOOK_SIZE_EXCEEDED",
            "exceeded max size"
        );
    }

    [Theory]
    [InlineData("Shared/a")]
    [InlineData("/Shared/../a")]
    [InlineData("/Shared//a")]
    [InlineData("/Shared/a/")]
    [InlineData("/Shared/a\n")]
    public async Task RefusesAPathThatIsNotPlain(string path) =>
        (await _bench.ImportAsync(path, "")).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "INVALID_PARAMETER_VALUE",
            "Path"
        );

    [Fact]
    public async Task RefusesContentThatIsNotBase64() =>
        (
            await _bench.PostAsync(
                "/api/2.0/workspace/import",
                new
                {
                    path = "/Shared/a",
                    format = "AUTO",
                    content = "%%",
                }
            )
        ).ShouldBeRefused(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "base64");

    [Fact]
    public async Task DeletesAFullDirectoryOnlyRecursively()
    {
        await _bench.PostAsync("/api/2.0/workspace/mkdirs", new { path = "/Shared/d" });
        await _bench.ImportAsync("/Shared/d/a.txt", "1");

        (await _bench.PostAsync("/api/2.0/workspace/delete", new { path = "/Shared/d" })).ShouldBeRefused(
            HttpStatusCode.BadRequest,
            "DIRECTORY_NOT_EMPTY",
            "/Shared/d"
        );
        await _bench.PostAsync("/api/2.0/workspace/delete", new { path = "/Shared/d", recursive = true });

        (await _bench.GetAsync("/api/2.0/workspace/get-status?path=/Shared/d/a.txt")).ShouldBeRefused(
            HttpStatusCode.NotFound,
            "RESOURCE_DOES_NOT_EXIST",
            "a.txt"
        );
    }

    [Fact]
    public async Task ExportsWhatWasImported()
    {
        await _bench.ImportAsync("/Shared/a.txt", "content");

        var answer = await _bench.GetAsync("/api/2.0/workspace/export?path=/Shared/a.txt&format=AUTO");

        Encoding.UTF8.GetString(Convert.FromBase64String(answer.Json["content"]!.ToString())).ShouldBe("content");
    }

    [Fact]
    public async Task KeepsFilesInVolumesThatExist()
    {
        _bench.Simulator.AddVolume("main", "churn", "code");
        using var content = new StringContent("bytes");

        using var put = await _bench.Client.PutAsync("/api/2.0/fs/files/Volumes/main/churn/code/x/a.bin", content);
        using var again = await _bench.Client.PutAsync("/api/2.0/fs/files/Volumes/main/churn/code/x/a.bin", content);
        using var elsewhere = await _bench.Client.PutAsync("/api/2.0/fs/files/Volumes/main/churn/none/a.bin", content);

        (put.StatusCode, again.StatusCode, elsewhere.StatusCode).ShouldBe(
            (HttpStatusCode.NoContent, HttpStatusCode.Conflict, HttpStatusCode.NotFound)
        );
        (await _bench.Client.GetStringAsync("/api/2.0/fs/files/Volumes/main/churn/code/x/a.bin")).ShouldBe("bytes");
        var listed = (await _bench.GetAsync("/api/2.0/fs/directories/Volumes/main/churn/code/x")).Json["contents"]!;
        listed[0]!["path"]!.ToString().ShouldBe("/Volumes/main/churn/code/x/a.bin");
    }

    private Task<Answer> ImportAsync(string path, string format, string content) =>
        _bench.PostAsync(
            "/api/2.0/workspace/import",
            new
            {
                path,
                format,
                content = Convert.ToBase64String(Encoding.UTF8.GetBytes(content)),
            }
        );
}
