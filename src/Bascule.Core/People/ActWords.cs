namespace Bascule.Core.People;

/// <summary>How acts are said and written.</summary>
public static class ActWords
{
    /// <summary>As the command line and the API spell them: <c>approve_run</c>.</summary>
    public static string Write(this Act act) => string.Concat(act.ToString().Select(Lower)).TrimStart('_');

    public static bool TryParse(string text, out Act act)
    {
        foreach (var known in Enum.GetValues<Act>())
            if (known.Write() == text.Replace('-', '_'))
            {
                act = known;
                return true;
            }
        act = default;
        return false;
    }

    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<Act>().Select(Write)];

    /// <summary>What comes after "may".</summary>
    public static string Say(this Act act) =>
        act switch
        {
            Act.ReadRuns => "see runs",
            Act.ReadDeliveries => "see deliveries",
            Act.ReadForges => "see forges",
            Act.ReadPeople => "see people and roles",
            Act.ReadAudit => "read the audit log",
            Act.RetryRun => "run again",
            Act.CancelRun => "cancel a run",
            Act.ApproveRun => "approve a run",
            Act.BreakGlass => "break the glass",
            Act.RollBack => "roll back",
            Act.PromoteModel => "promote a model version",
            Act.ReplayDelivery => "replay a delivery",
            Act.ConnectForge => "connect forges",
            Act.ResumeInstallation => "let a held installation act",
            Act.RetireSubject => "retire somebody",
            Act.SetLegalHold => "place or release a legal hold",
            Act.EraseSubject => "erase somebody",
            Act.UnlinkAccount => "unlink an account of somebody",
            Act.ReadTokens => "see who holds tokens for git",
            Act.RevokeToken => "revoke a token for git",
            Act.ConfirmIssuer => "confirm a new issuer",
            Act.ReadCredentials => "see what forges are shown",
            Act.ChangeCredential => "change what a forge is shown",
            Act.RotateKey => "replace the key that signs provenance",
            Act.ReadCollectors => "see who gets copies of the audit log",
            Act.ReplayToCollector => "send entries to a collector again",
            Act.GiveRole => "give somebody a role",
            _ => act.Write(),
        };

    private static string Lower(char letter) =>
        char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : letter.ToString();
}
