using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Bascule.Simulators.Forges.Api;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Forges.Git;

/// <summary>git over https: the forge's own checks, then git itself, streaming both ways.</summary>
internal sealed partial class SmartHttp(ForgeEngine engine, Credentials credentials)
{
    /// <summary>True when the path is one of the smart protocol's.</summary>
    public static bool IsGitPath(string path) =>
        path.EndsWith("/info/refs", StringComparison.Ordinal)
        || path.EndsWith("/git-upload-pack", StringComparison.Ordinal)
        || path.EndsWith("/git-receive-pack", StringComparison.Ordinal);

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/').Split('/');
        if (path.Length < 3)
        {
            await RefuseAsync(context, 404, "Not found.\n");
            return;
        }

        var name = path[1].EndsWith(".git", StringComparison.Ordinal) ? path[1][..^4] : path[1];
        var action = string.Join('/', path[2..]);
        var service = ServiceOf(context, action);
        var isPull = service != "git-receive-pack" || (engine.IsGogs && HttpMethods.IsGet(context.Request.Method));
        var access = await AdmitAsync(context, path[0], name, isPull);
        if (access is not { } admitted)
        {
            return;
        }

        if (engine.UsesHttpBackend && service == "git-upload-pack")
        {
            await AnswerByBackendAsync(context, admitted.Repository, action);
        }
        else if (action == "info/refs")
        {
            await AdvertiseAsync(context, admitted.Repository, service);
        }
        else if (HttpMethods.IsPost(context.Request.Method))
        {
            await ServeAsync(context, admitted.Repository, admitted.User, service);
        }
        else
        {
            await RefuseAsync(context, 404, "Not found.\n");
        }
    }

    private static string ServiceOf(HttpContext context, string action) =>
        action == "info/refs" ? context.Request.Query["service"].ToString() : action;

    private async Task AdvertiseAsync(HttpContext context, ForgeRepository repository, string service)
    {
        NoCache(context);
        if (service is not ("git-upload-pack" or "git-receive-pack"))
        {
            var refs = await repository.Git.RunAsync(
                context.RequestAborted,
                "for-each-ref",
                "--format=%(objectname)%09%(refname)"
            );
            await WriteAsync(context, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(refs));
            return;
        }

        string[] command = [service[4..], "--stateless-rpc", "--advertise-refs", repository.GitDirectory];
        using var process = engine.Store.Git.Start(repository.GitDirectory, command, Protocol(context));
        process.StandardInput.Close();
        using var memory = new MemoryStream();
        var line = $"# service={service}\n";
        memory.Write(Encoding.ASCII.GetBytes($"{line.Length + 4:x4}{line}0000"));
        var errors = process.StandardError.ReadToEndAsync(context.RequestAborted);
        await process.StandardOutput.BaseStream.CopyToAsync(memory, context.RequestAborted);
        await errors;
        await WriteAsync(context, $"application/x-{service}-advertisement", memory.ToArray());
    }

    private async Task ServeAsync(HttpContext context, ForgeRepository repository, ForgeUser? user, string service)
    {
        if (context.Request.ContentType != $"application/x-{service}-request")
        {
            context.Response.StatusCode = 401;
            return;
        }

        NoCache(context);
        context.Response.ContentType = $"application/x-{service}-result";
        if (service == "git-upload-pack")
        {
            string[] command = ["upload-pack", "--stateless-rpc", repository.GitDirectory];
            using var process = engine.Store.Git.Start(repository.GitDirectory, command, Protocol(context));
            await PumpAsync(context, process);
            return;
        }

        await ReceiveAsync(context, repository, user!);
    }

    private async Task ReceiveAsync(HttpContext context, ForgeRepository repository, ForgeUser user)
    {
        var updates = Path.Combine(repository.GitDirectory, $"updates-{Guid.NewGuid():N}");
        await repository.Writing.WaitAsync(CancellationToken.None);
        try
        {
            var environment = Told(context, repository, user, updates);
            string[] command =
            [
                "-c",
                "core.hooksPath=" + engine.Store.HookDirectory,
                "receive-pack",
                "--stateless-rpc",
                repository.GitDirectory,
            ];
            using var process = engine.Store.Git.Start(repository.GitDirectory, command, environment);
            await PumpAsync(context, process);
            await engine.PushedAsync(repository, await ChangesAsync(updates), user, CancellationToken.None);
        }
        finally
        {
            repository.Writing.Release();
            File.Delete(updates);
        }
    }

    /// <summary>What the hook scripts need to know to refuse, to write down and to talk as the forge does.</summary>
    private Dictionary<string, string> Told(
        HttpContext context,
        ForgeRepository repository,
        ForgeUser user,
        string updates
    )
    {
        var environment = Protocol(context);
        environment["FORGE_UPDATES"] = updates;
        environment["FORGE_PROTECTED"] = ProtectedRefs(repository);
        environment["FORGE_PROTECTED_TEXT"] = ProtectedText;
        environment["FORGE_REFUSAL"] = MayWrite(repository, user) ? "" : "\nGitea: User permission denied for writing.";
        environment["FORGE_URL"] = engine.IsGogs ? "" : $"{engine.BaseUrl}/{repository.FullName}";
        environment["FORGE_DEFAULT"] = repository.DefaultBranch;
        environment["FORGE_PULLS"] = OpenPulls(repository);
        return environment;
    }

    private string OpenPulls(ForgeRepository repository)
    {
        lock (engine.World.Gate)
        {
            var open = repository.Issues.Where(i =>
                i is { IsClosed: false, Pull: { } p } && p.HeadRepository == repository
            );
            return string.Join('\n', open.Select(i => $"{i.Pull!.HeadBranch} {i.Number}"));
        }
    }

    private string ProtectedText =>
        engine.IsGogs
            ? "Gogs: Branch '%s' is protected and commits must be merged through pull request"
            : "\\nGitea: Not allowed to push to protected branch %s";

    private bool MayWrite(ForgeRepository repository, ForgeUser user) =>
        engine.World.PermissionOf(user, repository) >= ForgeAccess.Write;

    private static string ProtectedRefs(ForgeRepository repository) =>
        " "
        + string.Join(' ', repository.Rules.Values.Where(r => !r.TakesPushes).Select(r => "refs/heads/" + r.Branch))
        + " ";

    /// <summary>What post-receive wrote down: one line per ref that really moved, in the order of the push.</summary>
    private static async Task<IReadOnlyList<RefChange>> ChangesAsync(string updates) =>
        File.Exists(updates)
            ?
            [
                .. (await File.ReadAllLinesAsync(updates))
                    .Select(l => l.Split(' ', 3))
                    .Where(f => f.Length == 3)
                    .Select(f => new RefChange(f[0], f[1], f[2])),
            ]
            : [];

    private static async Task PumpAsync(HttpContext context, Process process)
    {
        var input = FeedAsync(context, process);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await DrainAsync(process.StandardOutput.BaseStream, context);
        await input;
        await errors;
        await process.WaitForExitAsync(CancellationToken.None);
    }

    private static async Task FeedAsync(HttpContext context, Process process)
    {
        try
        {
            var isGzip = context.Request.Headers.ContentEncoding == "gzip";
            await using var body = isGzip
                ? new GZipStream(context.Request.Body, CompressionMode.Decompress)
                : context.Request.Body;
            await body.CopyToAsync(process.StandardInput.BaseStream, context.RequestAborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidDataException)
        {
            // git ended early or the client left: git's exit tells the rest.
        }

        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The pipe was closed by git already.
        }
    }

    /// <summary>Reads git to its end even when the client is gone: a push that began is finished.</summary>
    private static async Task DrainAsync(Stream output, HttpContext context)
    {
        var buffer = new byte[64 * 1024];
        var isThere = true;
        int read;
        while ((read = await output.ReadAsync(buffer, CancellationToken.None)) > 0)
        {
            if (!isThere)
            {
                continue;
            }

            try
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                isThere = false;
            }
        }
    }

    /// <summary>Gogs does not hand on Git-Protocol: its clients always speak version 0.</summary>
    private Dictionary<string, string> Protocol(HttpContext context)
    {
        var asked = context.Request.Headers["Git-Protocol"].ToString();
        return engine.IsGogs || !ProtocolPattern.IsMatch(asked)
            ? new Dictionary<string, string>(StringComparer.Ordinal)
            : new Dictionary<string, string>(StringComparer.Ordinal) { ["GIT_PROTOCOL"] = asked };
    }

    [System.Text.RegularExpressions.GeneratedRegex("^[0-9a-zA-Z]+=[0-9a-zA-Z]+(:[0-9a-zA-Z]+=[0-9a-zA-Z]+)*$")]
    private static partial System.Text.RegularExpressions.Regex ProtocolPattern { get; }
}
