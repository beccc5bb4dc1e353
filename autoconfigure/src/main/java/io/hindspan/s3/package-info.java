/**
 * Calls of Amazon S3 and other services that the application makes with the AWS SDK.
 */
@NullMarked
package io.hindspan.s3;

import org.jspecify.annotations.NullMarked;
