using Bascule.Core.Exchange;
using Bascule.Core.People;
using Bascule.Core.Pushes;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads what a push through Bascule may do beyond moving refs forward. Nothing here has a default that lets more in.</summary>
internal static class PushesReader
{
    private const long LargestFile = 1L << 40;
    private const string RefsRemedy = "list refs in full, e.g. [\"refs/heads/dev/**\"], or remove the key";
    private const string FilesRemedy = "list paths, e.g. [\"deploy/**\"], or remove the key";
    private const string OwnersRemedy = "list people, e.g. [\"group:ml-leads\"]";
    private const string UnknownRemedy = "write allow or refuse";

    public static PushSettings Read(SettingReader top)
    {
        if (top.Map("pushes") is not { } pushes)
            return new PushSettings();
        if (!pushes.Keys.Any())
            pushes.Refuse("", "is empty", "write max_file_bytes: 10485760, or remove it");
        var settings = new PushSettings
        {
            Protected = ReadRefs(pushes, "protected"),
            Force = ReadRefs(pushes, "force"),
            Delete = ReadRefs(pushes, "delete"),
            MaxFile = pushes.Number("max_file_bytes", 1, LargestFile) ?? PushSettings.DefaultMaxFile,
            PolicyFiles = pushes.Find("policy_files") is null ? [] : pushes.RequiredGlobs("policy_files", FilesRemedy),
            PolicyOwners = pushes.Find("policy_owners") is null ? [] : ReadOwners(pushes),
            TrustWherePermissionIsUnknown = ReadUnknown(pushes),
        };
        pushes.RefuseOthers();
        return settings;
    }

    private static RefPatterns ReadRefs(SettingReader pushes, string key)
    {
        if (pushes.Find(key) is null)
            return new RefPatterns([]);
        var globs = pushes.RequiredGlobs(key, RefsRemedy);
        foreach (var glob in globs.Where(glob => !glob.ToString().StartsWith("refs/", StringComparison.Ordinal)))
            pushes.Refuse(key, $"holds '{glob}', which is no ref in full", RefsRemedy);
        return new RefPatterns([.. globs]);
    }

    private static List<Selector> ReadOwners(SettingReader pushes)
    {
        List<Selector> owners = [];
        foreach (var text in pushes.RequiredTexts("policy_owners", OwnersRemedy))
        {
            var selector = Selector.Parse(text);
            if (selector.Failed(out var problem))
                pushes.Refuse("policy_owners", problem.Message, OwnersRemedy);
            else
                owners.Add(selector.Value);
        }
        return owners;
    }

    private static bool ReadUnknown(SettingReader pushes)
    {
        const string key = "without_permission";
        if (pushes.Find(key) is null || pushes.RequiredText(key, UnknownRemedy) is not { } text)
            return false;
        if (text is not ("allow" or "refuse"))
            pushes.Refuse(key, $"'{text}' is neither", UnknownRemedy);
        return text == "allow";
    }
}
