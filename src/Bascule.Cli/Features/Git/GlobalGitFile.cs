using System.Text;
using Bascule.Core;

namespace Bascule.Cli.Features.Git;

/// <summary>
/// A file of git's settings, as <c>git config --global</c> writes it. Lines are put at its end, where they count last, and taken out again byte for byte; under git's
/// own lock.
/// </summary>
internal sealed class GlobalGitFile(string file)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public string File { get; } = file;

    /// <summary>git-config(1), FILES: <c>~/.gitconfig</c>, unless the one below <c>$XDG_CONFIG_HOME</c> alone is there.</summary>
    public static GlobalGitFile Own()
    {
        if (Environment.GetEnvironmentVariable("GIT_CONFIG_GLOBAL") is { Length: > 0 } named)
            return new GlobalGitFile(Path.GetFullPath(named));
        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".gitconfig");
        var other = Path.Combine(SavedSessions.ConfigFolder(), "git", "config");
        return new GlobalGitFile(!System.IO.File.Exists(home) && System.IO.File.Exists(other) ? other : home);
    }

    /// <summary>What was added exactly: with a line break in front where the last line had none.</summary>
    public Result<AddedText> Append(string text)
    {
        var added = new AddedText(text, WasThere: false);
        var problem = Edit(before =>
        {
            var separator = before is { Length: > 0 } && before[^1] != '\n' ? "\n" : "";
            added = new AddedText(separator + text, before is not null);
            return Result.Of<string?>(before + added.Text);
        });
        return problem is null ? added : problem;
    }

    /// <summary>Conflict when the lines are not there as they were written, or something was added to the last of them: then nothing is touched.</summary>
    public Problem? Cut(AddedText added) =>
        Edit(before =>
        {
            var at = before?.IndexOf(added.Text, StringComparison.Ordinal) ?? -1;
            if (at < 0 || !BeginsSection(before.AsSpan(at + added.Text.Length)))
                return Problem.Conflict("the lines are not as they were written");
            var after = before!.Remove(at, added.Text.Length);
            return Result.Of(after.Length == 0 && !added.WasThere ? null : after);
        });

    /// <summary>Every line that is exactly this one.</summary>
    public Problem? Drop(string line) =>
        Edit(before => Result.Of(before?.Replace(line + "\n", "", StringComparison.Ordinal)));

    /// <summary>Whether a section begins there, or nothing comes: a setting would fall to the section before.</summary>
    private static bool BeginsSection(ReadOnlySpan<char> rest)
    {
        foreach (var line in rest.EnumerateLines())
            if (line.Trim() is [var first, ..] && first is not ('#' or ';'))
                return first == '[';
        return true;
    }

    /// <param name="edit">From null where there is no file; to null for none.</param>
    private Problem? Edit(Func<string?, Result<string?>> edit)
    {
        // What is linked to stays linked to.
        var linked = new FileInfo(File).LinkTarget is null
            ? null
            : System.IO.File.ResolveLinkTarget(File, returnFinalTarget: true);
        var target = linked?.FullName ?? File;
        var draft = $"{target}.lock";
        var isHeld = false;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using (new FileStream(draft, FileMode.CreateNew, FileAccess.Write))
                isHeld = true;
            var before = System.IO.File.Exists(target) ? Utf8.GetString(System.IO.File.ReadAllBytes(target)) : null;
            var edited = edit(before);
            if (edited.Failed(out var refused))
                return refused;
            if (edited.Value is { } after)
            {
                if (before is not null)
                    System.IO.File.SetUnixFileMode(draft, System.IO.File.GetUnixFileMode(target));
                System.IO.File.WriteAllBytes(draft, Utf8.GetBytes(after));
                System.IO.File.Move(draft, target, overwrite: true);
                isHeld = false;
            }
            else
                System.IO.File.Delete(target);
            return null;
        }
        catch (DecoderFallbackException)
        {
            return Problem.Invalid($"'{File}' is not in UTF-8, so nothing was changed; convert it first");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{File}' cannot be changed: {failure.Message}");
        }
        finally
        {
            if (isHeld)
                System.IO.File.Delete(draft);
        }
    }
}

/// <summary>What was put at the end of a file.</summary>
/// <param name="WasThere">Whether there was a file before.</param>
internal sealed record AddedText(string Text, bool WasThere);
