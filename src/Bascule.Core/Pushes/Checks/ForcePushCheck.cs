using Bascule.Core.Exchange;

namespace Bascule.Core.Pushes.Checks;

/// <summary>History that is published stays, unless the settings say that it need not.</summary>
public sealed class ForcePushCheck(RefPatterns mayBeRewritten) : IPushCheck
{
    public string Name => "pushes.force";

    public PushFinding? Look(MovedRef moved) =>
        moved.IsRewrite && !mayBeRewritten.Allow(moved.Name) ? Refuse(moved) : null;

    private PushFinding Refuse(MovedRef moved) =>
        new(
            Name,
            moved.Name.IsTag
                ? $"tag '{moved.Name.ShortName}' would be moved; make a new tag, or ask for '{moved.Name}' under pushes.force"
                : $"history of '{moved.Name.ShortName}' would be rewritten; run git pull --rebase and push without --force, or ask for '{moved.Name}' under pushes.force"
        )
        {
            Ref = moved.Name.ToString(),
        };
}
