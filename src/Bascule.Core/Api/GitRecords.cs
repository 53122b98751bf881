namespace Bascule.Core.Api;

/// <summary>Which addresses git may go to Bascule for, instead of to the forges.</summary>
/// <param name="Forges">Empty when nobody is given tokens for git here.</param>
public sealed record GitForgeList(IReadOnlyList<GitForgeRecord> Forges);

/// <param name="Name">In the server's settings.</param>
public sealed record GitForgeRecord(string Name, IReadOnlyList<GitRoute> Routes);

/// <summary>How git writes it: <c>url.ADDRESS.insteadOf = SPELLING</c>.</summary>
/// <param name="Address">The beginning of an address at Bascule.</param>
/// <param name="InsteadOf">The beginnings of addresses at the forge that mean the same, over https, http and SSH.</param>
public sealed record GitRoute(string Address, IReadOnlyList<string> InsteadOf);
