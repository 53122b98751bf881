namespace Bascule.Core.Forges;

/// <summary>A forge whose credential can be replaced while Bascule runs.</summary>
public interface ICredentialHolder
{
    ForgeCredential Credential { get; }

    ICredentialRotation Rotation { get; }
}

/// <summary>
/// How one kind of forge lets a credential be replaced. No method shows a secret to anybody but the forge. Each may be called again with the same arguments
/// after a crash, or when it is not known what became of the call before.
/// </summary>
public interface ICredentialRotation
{
    /// <summary>Whether the former one stays good until it is ended; otherwise making the new one ends it.</summary>
    bool Overlaps { get; }

    /// <summary>From an account's password to what Bascule works with, e.g. a token of its own.</summary>
    Task<Result<ForgeSecret>> AdoptAsync(string account, Secret password, CancellationToken cancellationToken);

    /// <summary>Why this one cannot be replaced, with the remedy; null when it can.</summary>
    Problem? WhyNot(ForgeSecret present);

    /// <summary>What will be made. It is stored before the first call, so that it is found again after a crash. Makes no call.</summary>
    ForgeSecret Prepare(ForgeSecret present);

    /// <summary>Makes what was prepared.</summary>
    Task<Result<ForgeSecret>> MakeAsync(ForgeSecret present, ForgeSecret prepared, CancellationToken cancellationToken);

    /// <summary>Whose it is, asked with it and nothing else. Unauthenticated when the forge does not take it.</summary>
    Task<Result<ForgeAccount>> IdentifyAsync(ForgeSecret secret, CancellationToken cancellationToken);

    /// <summary>Takes back what was prepared or made; the present one is good afterwards.</summary>
    Task<Result<Done>> UndoAsync(ForgeSecret present, ForgeSecret made, CancellationToken cancellationToken);

    /// <summary>Ends the former one and reads back that the forge refuses it: Conflict when it is still taken.</summary>
    Task<Result<Done>> EndAsync(ForgeSecret present, ForgeSecret former, CancellationToken cancellationToken);
}
