using System.Globalization;
using Bascule.Core.Forges;
using Bascule.Core.Text;

namespace Bascule.Server.Deployments.Reverting;

/// <summary>What people read about a rollback in the repository. The reason is somebody's own words, and stays text (THREATS T123).</summary>
internal static class RevertText
{
    private const int MaxBecause = 200;

    public static string Title(Rollback rollback) =>
        $"Take back {rollback.Bad.Short}, rolled back in {rollback.Environment}";

    /// <summary>The object as git hashes it. Its time is the rollback's: made twice it is the same commit.</summary>
    /// <param name="host">Of the address by which Bascule is known.</param>
    public static string Commit(Rollback rollback, string tree, CommitId parent, string folder, string host)
    {
        var at = rollback.Back.At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var who = $"Bascule <bascule@{host}> {at} +0000";
        return $"""
            tree {tree}
            parent {parent}
            author {who}
            committer {who}

            {Title(rollback)}

            {Place(folder)} is as at {rollback.Good} again, which is what is deployed there.
            It was left because: {PlainText.Line(rollback.Because, MaxBecause)}

            """.ReplaceLineEndings("\n");
    }

    /// <param name="steps">What is to be done with the branch, a paragraph of Markdown.</param>
    public static string Markdown(Rollback rollback, string folder, Uri page, string steps) =>
        $"""
            Environment {Reports.Markdown.Code(
                rollback.Environment
            )} went back from `{rollback.Bad.Short}` to `{rollback.Good.Short}`: {Reports.Markdown.Sentence(
                rollback.Because
            )}

            The branch brings one commit on top of {Reports.Markdown.Code(rollback.Branch.ShortName)}. {Markdowned(
                folder
            )} is as at `{rollback.Good.Short}` in it, and everything else as on the branch: it takes back **every** change there since then, also those that came after `{rollback.Bad.Short}`.

            {steps}

            What was rolled back: [run {rollback.Run.Id}]({page})

            """.ReplaceLineEndings(
            "\n"
        );

    private static string Place(string folder) => folder.Length == 0 ? "The repository" : $"The folder {folder}";

    private static string Markdowned(string folder) =>
        folder.Length == 0 ? "The repository" : Reports.Markdown.Code(folder);
}
