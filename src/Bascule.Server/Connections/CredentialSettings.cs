namespace Bascule.Server.Connections;

/// <summary>How the sealed credential of a forge is looked after.</summary>
/// <param name="RotateEvery">How old it may become before it is replaced; null for as old as it likes.</param>
/// <param name="Overlap">How long the former one stays good beside the new one, where the forge can have two.</param>
public sealed record CredentialSettings(TimeSpan? RotateEvery, TimeSpan Overlap)
{
    public static readonly CredentialSettings Default = new(RotateEvery: null, TimeSpan.FromMinutes(10));
}
