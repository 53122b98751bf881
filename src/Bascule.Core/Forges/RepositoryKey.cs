namespace Bascule.Core.Forges;

/// <summary>What a repository is, whatever it is called today: the forge's uid in our database and the forge's own numeric id (THREATS T40).</summary>
public readonly record struct RepositoryKey(string ForgeUid, long Id)
{
    public override string ToString() => $"{ForgeUid}/{Id}";
}
