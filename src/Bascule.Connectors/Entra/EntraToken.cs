using Bascule.Core;

namespace Bascule.Connectors.Entra;

/// <param name="Authorization">The value of the header.</param>
internal sealed record EntraToken(Secret Authorization, DateTimeOffset Ends);
