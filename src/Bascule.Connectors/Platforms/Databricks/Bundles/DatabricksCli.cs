using System.Globalization;
using Bascule.Connectors.Platforms.Isolation;
using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.Text;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>One bundle that the CLI is used for, and by whom.</summary>
/// <param name="Client">The application id of the service principal that trusts the token.</param>
internal sealed record CliUse(BundleFolder Folder, string Target, string Client, IRunIdentity Identity);

/// <summary>
/// The Databricks CLI, the file that the operator named and no other, in an isolated process: its environment is built from nothing, no program can be found, no
/// settings file is there, and what it says and how long it takes is bounded (THREATS T63, T131). It is told twice not to run code of the bundle: by its own switch,
/// and by the rules that hold before it is called.
/// </summary>
internal sealed class DatabricksCli(DatabricksOptions options, TimeProvider time) : IDisposable
{
    private const int MaxOutput = 16 * 1024 * 1024;
    private const int MostComplaint = 600;
    private const int AtOnce = 2;

    /// <summary>How long one deployment may take; after that nothing of it is alive.</summary>
    public static readonly TimeSpan DeployTime = TimeSpan.FromMinutes(20);

    private static readonly TimeSpan LookTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan VersionTime = TimeSpan.FromMinutes(1);

    /// <summary>In what the CLI says when asking again may help.</summary>
    private static readonly string[] Passing =
    [
        "connection refused",
        "connection reset",
        "i/o timeout",
        "deadline exceeded",
        "TEMPORARILY_UNAVAILABLE",
        "REQUEST_LIMIT_EXCEEDED",
        "RESOURCE_EXHAUSTED",
    ];

    private readonly SemaphoreSlim _turns = new(AtOnce, AtOnce);

    private string Cli => options.Cli ?? throw new InvalidOperationException($"{options.Subject} has no CLI");

    public void Dispose() => _turns.Dispose();

    /// <summary>Invalid when it is not to be used: not as safe as it was when the server started, not the CLI, or too old.</summary>
    public async Task<Result<string>> VersionAsync(CancellationToken cancellationToken)
    {
        if (CliFile.FaultOf(Cli) is { } fault)
            return Problem.Invalid($"{options.Subject}: '{Cli}' {fault}; an operator corrects cli: or the file");
        var call = new IsolatedCall(Cli, ["version", "--output", "json"]) { Time = VersionTime, MaxOutput = 64 * 1024 };
        var ran = await RunAsync(call, text => text, "say its version", cancellationToken);
        return ran.Failed(out var problem) ? problem : CliVersion.Read(ran.Value, Cli);
    }

    /// <summary>The bundle with everything resolved, as JSON. Nothing is written anywhere.</summary>
    public Task<Result<byte[]>> ValidateAsync(CliUse use, CancellationToken cancellationToken) =>
        CallAsync(use, "validate the bundle", LookTime, ["validate", "--output", "json"], cancellationToken);

    /// <summary>What a deployment would change, as JSON. Nothing is written in the workspace.</summary>
    public Task<Result<byte[]>> PlanAsync(CliUse use, CancellationToken cancellationToken) =>
        CallAsync(use, "plan the deployment", LookTime, ["plan", "--output", "json"], cancellationToken);

    /// <summary>Does what the plan file says, and nothing else.</summary>
    /// <param name="breakLock">Takes the lock of a deployment that ended without giving it back.</param>
    public Task<Result<byte[]>> DeployAsync(CliUse use, bool breakLock, CancellationToken cancellationToken) =>
        CallAsync(
            use,
            "deploy the bundle",
            DeployTime,
            ["deploy", "--plan", use.Folder.Plan, "--auto-approve", .. breakLock ? ["--force-lock"] : (string[])[]],
            cancellationToken
        );

    /// <summary>The deployed resources with their ids, as JSON.</summary>
    public Task<Result<byte[]>> SummaryAsync(CliUse use, CancellationToken cancellationToken) =>
        CallAsync(use, "read what is deployed", LookTime, ["summary", "--output", "json"], cancellationToken);

    private async Task<Result<byte[]>> CallAsync(
        CliUse use,
        string doing,
        TimeSpan limit,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken
    )
    {
        var token = new TokenFile(use.Folder.Token, use.Identity, options.Audience, time);
        if ((await token.WriteAsync(cancellationToken)).Failed(out var refused))
            return refused;
        var call = new IsolatedCall(Cli, ["bundle", .. arguments, "--target", use.Target])
        {
            Time = limit,
            MaxOutput = MaxOutput,
            Folder = use.Folder.Tree,
            Environment = EnvironmentOf(use),
        };
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewing = token.RenewAsync(over.Token);
        try
        {
            return await RunAsync(call, token.Without, doing, cancellationToken);
        }
        finally
        {
            await over.CancelAsync();
            await renewing;
            File.Delete(use.Folder.Token);
        }
    }

    /// <summary>All that the CLI finds. Proxies of the host are not its business, as they are not Bascule's (THREATS T85).</summary>
    private Dictionary<string, string> EnvironmentOf(CliUse use)
    {
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = use.Folder.Home,
            ["TMPDIR"] = use.Folder.Home,
            ["PATH"] = use.Folder.Programs,
            ["DATABRICKS_HOST"] = options.Workspace,
            ["DATABRICKS_AUTH_TYPE"] = "file-oidc",
            ["DATABRICKS_OIDC_TOKEN_FILEPATH"] = use.Folder.Token,
            ["DATABRICKS_CLIENT_ID"] = use.Client,
            ["DATABRICKS_CONFIG_FILE"] = use.Folder.NoSettings,
            ["DATABRICKS_BUNDLE_ENGINE"] = "direct",
            ["DATABRICKS_BUNDLE_RESTRICTED_CODE_EXECUTION"] = "1",
            ["DATABRICKS_CACHE_ENABLED"] = "false",
        };
        if (options.CaFile is { } ca)
            environment["SSL_CERT_FILE"] = ca;
        return environment;
    }

    private async Task<Result<byte[]>> RunAsync(
        IsolatedCall call,
        Func<string, string> withoutToken,
        string doing,
        CancellationToken cancellationToken
    )
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            var ran = await IsolatedProcess.RunAsync(call, cancellationToken);
            if (ran.Failed(out var problem))
                return problem;
            if (ran.Value is { End: IsolatedEnd.Exited, ExitCode: 0 })
                return ran.Value.Output;
            return Explain(ran.Value, call, withoutToken, doing);
        }
        finally
        {
            _turns.Release();
        }
    }

    private Problem Explain(IsolatedOutcome outcome, IsolatedCall call, Func<string, string> withoutToken, string doing)
    {
        var failing = $"{options.Subject}: the Databricks CLI cannot {doing}";
        if (outcome.End == IsolatedEnd.TimedOut)
            return Problem.Unavailable(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{failing}: it took longer than {call.Time.TotalMinutes:0} min and was ended"
                )
            );
        if (outcome.End == IsolatedEnd.TooMuch)
            return Problem.Invalid(
                $"{failing}: it says more than {MaxOutput / 1024 / 1024} MiB; make the bundle smaller"
            );
        var said = PlainText.Line(withoutToken(outcome.Errors), MostComplaint);
        var words = said.Length == 0 ? $"it ended with {outcome.ExitCode} and no word" : said;
        return Passing.Any(word => said.Contains(word, StringComparison.OrdinalIgnoreCase))
            ? Problem.Unavailable($"{failing}: {words}")
            : Problem.Invalid($"{failing}: {words}");
    }
}
