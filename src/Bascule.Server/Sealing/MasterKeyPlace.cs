using Bascule.Core.Secrets;

namespace Bascule.Server.Sealing;

/// <summary>Where the master key is.</summary>
public abstract record MasterKeyPlace;

/// <summary>A file of 32 bytes, made where there is none.</summary>
public sealed record MasterKeyFile(string Path) : MasterKeyPlace;

/// <summary>Given with the start, as base64 or hexadecimal: a variable of the environment, or a credential of systemd.</summary>
public sealed record MasterKeyGiven(SecretReference Reference) : MasterKeyPlace;

/// <summary>A file that is of no use without asking elsewhere.</summary>
/// <param name="File">What the key elsewhere made of ours; made where there is none.</param>
/// <param name="Plain">Where the key stands unwrapped if it was made before; then it is the one that is wrapped.</param>
public sealed record MasterKeyWrapped(string File, WrappingKey By, string Plain) : MasterKeyPlace;
