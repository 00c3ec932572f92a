//! Which method serves which operation of S3. What is not here answers 501.

use s3s::dto::*;
use s3s::{S3, S3Request, S3Response, S3Result};

use super::Storage;

macro_rules! operations {
    ($($operation:ident($input:ident) -> $output:ident: $method:ident;)*) => {
        #[async_trait::async_trait]
        impl S3 for Storage {
            $(
                async fn $operation(&self, request: S3Request<$input>) -> S3Result<S3Response<$output>> {
                    Ok(self.$method(request).await?)
                }
            )*
        }
    };
}

operations! {
    list_buckets(ListBucketsInput) -> ListBucketsOutput: all_buckets;
    create_bucket(CreateBucketInput) -> CreateBucketOutput: make_bucket;
    head_bucket(HeadBucketInput) -> HeadBucketOutput: find_bucket;
    delete_bucket(DeleteBucketInput) -> DeleteBucketOutput: remove_bucket;
    put_bucket_cors(PutBucketCorsInput) -> PutBucketCorsOutput: put_cors;
    get_bucket_cors(GetBucketCorsInput) -> GetBucketCorsOutput: read_cors;
    delete_bucket_cors(DeleteBucketCorsInput) -> DeleteBucketCorsOutput: remove_cors;
    put_bucket_lifecycle_configuration(PutBucketLifecycleConfigurationInput)
        -> PutBucketLifecycleConfigurationOutput: put_lifecycle;
    get_bucket_lifecycle_configuration(GetBucketLifecycleConfigurationInput)
        -> GetBucketLifecycleConfigurationOutput: read_lifecycle;
    delete_bucket_lifecycle(DeleteBucketLifecycleInput) -> DeleteBucketLifecycleOutput: remove_lifecycle;

    list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output: page_of_objects;
    list_object_versions(ListObjectVersionsInput) -> ListObjectVersionsOutput: page_of_versions;
    put_object(PutObjectInput) -> PutObjectOutput: put;
    get_object(GetObjectInput) -> GetObjectOutput: get;
    head_object(HeadObjectInput) -> HeadObjectOutput: head;
    copy_object(CopyObjectInput) -> CopyObjectOutput: copy;
    delete_object(DeleteObjectInput) -> DeleteObjectOutput: delete;
    delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput: delete_many;

    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput: create_upload;
    upload_part(UploadPartInput) -> UploadPartOutput: put_part;
    upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput: copy_part;
    list_parts(ListPartsInput) -> ListPartsOutput: page_of_parts;
    list_multipart_uploads(ListMultipartUploadsInput) -> ListMultipartUploadsOutput: page_of_uploads;
    complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput: complete_upload;
    abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput: abort_upload;
}
