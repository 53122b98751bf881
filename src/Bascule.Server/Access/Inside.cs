namespace Bascule.Server.Access;

/// <summary>
/// Marks an endpoint of the console or the API: on the local listener always, on the public one when people can sign in. There it answers under the public
/// name only, and changes nothing that another site's page asks for.
/// </summary>
/// <param name="IsPage">Refusals are pages; otherwise JSON.</param>
public sealed record Inside(bool IsPage);

/// <summary>What decides who gets in.</summary>
/// <param name="PublicUrl">The only name under which console and API answer to the world.</param>
public sealed record AccessSettings(Uri PublicUrl);
