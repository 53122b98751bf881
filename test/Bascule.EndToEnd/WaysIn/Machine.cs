using System.Diagnostics;
using Bascule.Testing.Identity;

namespace Bascule.EndToEnd.WaysIn;

/// <summary>Somebody's own machine: a home folder that is thrown away, git, and <c>bascule</c>. Nothing of the environment of the tests is in it.</summary>
internal sealed class Machine : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public string Home { get; } = Directory.CreateTempSubdirectory("bascule-machine-").FullName;

    public string GitConfig => Path.Combine(Home, ".gitconfig");

    public string Sessions => Path.Combine(Home, ".config", "bascule", "sessions.json");

    public static string Program => Path.Combine(AppContext.BaseDirectory, "bascule.dll");

    /// <summary>Further variables of the environment.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(Home, recursive: true);

    public Task<Said> BasculeAsync(params string[] arguments) => RunAsync("dotnet", [Program, .. arguments], "");

    public Task<Said> GitAsync(params string[] arguments) => RunAsync("git", arguments, "");

    /// <summary>What a helper answers to what git would ask.</summary>
    public Task<Said> AskAsync(string question, params string[] arguments) =>
        RunAsync("dotnet", [Program, "git-credential", .. arguments], question);

    /// <summary><c>bascule login</c>, and the person who types the code into a browser.</summary>
    public async Task<Said> LoginAsync(OidcProvider provider, string person, params string[] arguments)
    {
        const string Beginning = "or open ";
        using var login = Start("dotnet", [Program, "login", .. arguments]);
        using var limit = new CancellationTokenSource(Patience);
        login.StandardInput.Close();
        var said = "";
        while (await login.StandardError.ReadLineAsync(limit.Token) is { } line)
        {
            said += line + "\n";
            if (!line.StartsWith(Beginning, StringComparison.Ordinal))
                continue;
            using var browser = new ScriptedPerson(provider, person);
            await browser.GoAsync(new Uri(line[Beginning.Length..]));
        }
        await login.WaitForExitAsync(limit.Token);
        return new Said(login.ExitCode, "", said);
    }

    public async Task<Said> RunAsync(string program, IReadOnlyList<string> arguments, string input)
    {
        using var process = Start(program, arguments);
        using var limit = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It had heard enough.
        }
        await process.WaitForExitAsync(limit.Token);
        return new Said(process.ExitCode, await output, await errors);
    }

    public Process Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Home,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var kept = start
            .Environment.Where(one => one.Key == "PATH" || one.Key.StartsWith("DOTNET_", StringComparison.Ordinal))
            .ToList();
        start.Environment.Clear();
        foreach (
            var (name, value) in kept.Concat(
                Variables.Select(one => new KeyValuePair<string, string?>(one.Key, one.Value))
            )
        )
            start.Environment[name] = value;
        start.Environment["HOME"] = Home;
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        return Process.Start(start)!;
    }
}

/// <summary>How a program ended and what it said.</summary>
internal sealed record Said(int Code, string Output, string Errors)
{
    public string All => $"{Output}\n{Errors}";

    /// <summary>What it wrote, when it went well.</summary>
    public string Good()
    {
        Code.ShouldBe(0, All);
        return Output.Trim();
    }
}
