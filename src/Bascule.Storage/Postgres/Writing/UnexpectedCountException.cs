namespace Bascule.Storage.Postgres.Writing;

/// <summary>Of the statements that were sent together one changed other rows than was taken for granted: each request is written by itself then.</summary>
internal sealed class UnexpectedCountException : Exception;
