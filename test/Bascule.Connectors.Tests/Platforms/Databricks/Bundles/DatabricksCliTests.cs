using System.Text;
using Bascule.Connectors.Platforms.Databricks;
using Bascule.Connectors.Platforms.Databricks.Bundles;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks.Bundles;

/// <summary>What a program gets that was named as the Databricks CLI, and what is left of it.</summary>
public sealed class DatabricksCliTests : IAsyncLifetime
{
    private const string Token = FixedIdentity.Canary;

    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-cli-").FullName;
    private BundleFolder _bundle = null!;

    public async Task InitializeAsync() =>
        _bundle = (
            await BundleFolder.MakeAsync(MemoryTree.Of(("databricks.yml", "x")), new PointerSearch(), default)
        ).Value;

    public Task DisposeAsync()
    {
        _bundle.Dispose();
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    [Trait("Threat", "T63")]
    [Trait("Threat", "T131")]
    public async Task ItsEnvironmentIsBuiltFromNothing()
    {
        var said = await CallAsync("print(' '.join(sorted(name for name in os.environ if name != 'LC_CTYPE')))");

        Encoding
            .UTF8.GetString(said.Value)
            .TrimEnd()
            .Split(' ')
            .ShouldBe([
                "DATABRICKS_AUTH_TYPE",
                "DATABRICKS_BUNDLE_ENGINE",
                "DATABRICKS_BUNDLE_RESTRICTED_CODE_EXECUTION",
                "DATABRICKS_CACHE_ENABLED",
                "DATABRICKS_CLIENT_ID",
                "DATABRICKS_CONFIG_FILE",
                "DATABRICKS_HOST",
                "DATABRICKS_OIDC_TOKEN_FILEPATH",
                "HOME",
                "PATH",
                "TMPDIR",
            ]);
    }

    /// <summary>Whether it ends well or badly; a folder that is still needed holds no token in between.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("sys.exit(1)")]
    [Trait("Threat", "T114")]
    public async Task TheTokenIsThereForOneCallAlone(string end)
    {
        var seen = Path.Join(_folder, "seen");

        await CallAsync($"open('{seen}', 'w').write(open(os.environ['DATABRICKS_OIDC_TOKEN_FILEPATH']).read())\n{end}");

        (await File.ReadAllTextAsync(seen)).ShouldStartWith(Token);
        File.Exists(_bundle.Token).ShouldBeFalse();
    }

    [Fact]
    [Trait("Threat", "T114")]
    public async Task WhatItComplainsOfIsSaidWithoutTheToken()
    {
        var refused = await CallAsync(
            "sys.exit('no such job for ' + open(os.environ['DATABRICKS_OIDC_TOKEN_FILEPATH']).read())"
        );

        var problem = refused.Problem.ShouldNotBeNull();
        problem.Message.ShouldEndWith("cannot validate the bundle: no such job for ***");
        problem.Message.ShouldNotContain(Token);
    }

    private async Task<Result<byte[]>> CallAsync(string script)
    {
        var path = Path.Join(_folder, "databricks");
        await File.WriteAllTextAsync(path, $"#!/usr/bin/python3 -I\nimport os, sys\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var cli = new DatabricksCli(
            new DatabricksOptions
            {
                Name = "dbx",
                Url = new Uri("https://dbx.example"),
                Client = "deploys",
                Planner = "plans",
                Audience = "https://dbx.example",
                Cli = path,
            },
            TimeProvider.System
        );
        return await cli.ValidateAsync(new CliUse(_bundle, "prod", "deploys", new FixedIdentity()), default);
    }
}
